package dev.anneal.service.access.http;

import dev.anneal.service.access.audit.AuditQuery;
import dev.anneal.service.platform.refusal.Refusal;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.lang3.ObjectUtils;
import org.jspecify.annotations.Nullable;

/**
 * Reads the filters of the audit log: lists as {@code name[]=one&name[]=other}, times as
 * {@code effective_at[gte]=seconds}.
 */
final class AuditParameters {

    private static final String SINCE = "effective_at[gte]";
    private static final String AFTER = "effective_at[gt]";
    private static final String UNTIL = "effective_at[lte]";
    private static final String BEFORE = "effective_at[lt]";

    private AuditParameters() {}

    static AuditQuery read(HttpServletRequest request) {
        return new AuditQuery(
                list(request, "event_types"),
                list(request, "actor_ids"),
                list(request, "project_ids"),
                list(request, "resource_ids"),
                ObjectUtils.max(second(request, SINCE, 0), second(request, AFTER, 1)),
                ObjectUtils.min(second(request, BEFORE, 0), second(request, UNTIL, 1)));
    }

    private static List<String> list(HttpServletRequest request, String name) {
        List<String> values = new ArrayList<>();
        for (String spelled : List.of(name, name + "[]")) {
            String[] given = request.getParameterValues(spelled);
            values.addAll(given == null ? List.of() : List.of(given));
        }
        return values;
    }

    /** Entries show times in whole seconds, so "later than a second" means after its end. */
    private static @Nullable Instant second(HttpServletRequest request, String name, int passed) {
        String given = request.getParameter(name);
        if (given == null) {
            return null;
        }
        if (!given.matches("[0-9]{1,10}")) {
            throw Refusal.invalidValue(name, "'" + name + "' must be seconds since 1970 but is '" + given + "'");
        }
        return Instant.ofEpochSecond(Long.parseLong(given) + passed);
    }
}
