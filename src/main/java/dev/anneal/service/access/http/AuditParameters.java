package dev.anneal.service.access.http;

import dev.anneal.service.access.audit.AuditQuery;
import dev.anneal.service.platform.refusal.Refusal;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads the filters of the audit log: lists as {@code name[]=one&name[]=other}, times as {@code effective_at[gte]=seconds}. */
final class AuditParameters {

    private static final Set<String> OTHERS = Set.of("after", "limit", "order", "format");
    private static final String SINCE = "effective_at[gte]";
    private static final String AFTER = "effective_at[gt]";
    private static final String UNTIL = "effective_at[lte]";
    private static final String BEFORE = "effective_at[lt]";

    private final HttpServletRequest request;
    private final Set<String> unread;

    private AuditParameters(HttpServletRequest request) {
        this.request = request;
        this.unread = new TreeSet<>(request.getParameterMap().keySet());
    }

    /**
     * @throws Refusal for an unknown parameter, because an ignored filter would return other entries than requested
     */
    static AuditQuery read(HttpServletRequest request) {
        AuditParameters parameters = new AuditParameters(request);
        AuditQuery query = new AuditQuery(
                parameters.list("event_types"),
                parameters.list("actor_ids"),
                parameters.list("project_ids"),
                parameters.list("resource_ids"),
                later(parameters.second(SINCE, 0), parameters.second(AFTER, 1)),
                earlier(parameters.second(BEFORE, 0), parameters.second(UNTIL, 1)));
        parameters.unread.removeAll(OTHERS);
        for (String name : parameters.unread) {
            throw Refusal.invalidValue(
                    name,
                    "'" + name + "' is not known here; there are event_types[], actor_ids[], project_ids[],"
                            + " resource_ids[], effective_at[gt, gte, lt, lte], after, limit, order and format");
        }
        return query;
    }

    private List<String> list(String name) {
        List<String> values = new ArrayList<>();
        for (String spelled : List.of(name, name + "[]")) {
            unread.remove(spelled);
            String[] given = request.getParameterValues(spelled);
            values.addAll(given == null ? List.of() : List.of(given));
        }
        return values;
    }

    /** Entries show times in whole seconds, so "later than a second" means after its end. */
    private @Nullable Instant second(String name, int passed) {
        unread.remove(name);
        String given = request.getParameter(name);
        if (given == null) {
            return null;
        }
        if (!given.matches("[0-9]{1,10}")) {
            throw Refusal.invalidValue(name, "'" + name + "' must be seconds since 1970 but is '" + given + "'");
        }
        return Instant.ofEpochSecond(Long.parseLong(given) + passed);
    }

    private static @Nullable Instant later(@Nullable Instant one, @Nullable Instant other) {
        return one == null || (other != null && other.isAfter(one)) ? other : one;
    }

    private static @Nullable Instant earlier(@Nullable Instant one, @Nullable Instant other) {
        return one == null || (other != null && other.isBefore(one)) ? other : one;
    }
}
