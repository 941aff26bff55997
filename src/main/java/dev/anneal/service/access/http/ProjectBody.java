package dev.anneal.service.access.http;

import dev.anneal.service.access.tenant.Project;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A project in the API. */
record ProjectBody(
        String id,
        String object,
        String name,
        Instant createdAt,
        @Nullable Instant archivedAt,
        String status) {

    static ProjectBody of(Project project) {
        return new ProjectBody(
                project.id(),
                "organization.project",
                project.name(),
                project.createdAt(),
                project.archivedAt(),
                project.isArchived() ? "archived" : "active");
    }
}
