package dev.anneal.service.access.tenant;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A tenant in the API of administrators.
 *
 * @param id id of the tenant
 * @param archivedAt since when its credentials no longer work; null while they do
 */
public record Project(
        String id, String name, Instant createdAt, @Nullable Instant archivedAt) {

    public boolean isArchived() {
        return archivedAt != null;
    }
}
