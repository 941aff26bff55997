package dev.anneal.service.access.audit;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Filters of the audit log; an empty list means all.
 *
 * @param from at this time or later
 * @param to before this time
 */
public record AuditQuery(
        List<String> actions,
        List<String> actorIds,
        List<String> projects,
        List<String> objects,
        @Nullable Instant from,
        @Nullable Instant to) {

    public AuditQuery {
        actions = List.copyOf(actions);
        actorIds = List.copyOf(actorIds);
        projects = List.copyOf(projects);
        objects = List.copyOf(objects);
    }
}
