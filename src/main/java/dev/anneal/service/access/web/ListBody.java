package dev.anneal.service.access.web;

import dev.anneal.service.platform.paging.Page;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The envelope of every list.
 *
 * @param object always {@code list}
 * @param firstId id of the first row, null in an empty list (of files: the empty string)
 */
public record ListBody<T>(
        String object,
        List<T> data,
        @Nullable String firstId,
        @Nullable String lastId,
        boolean hasMore) {

    public ListBody {
        data = List.copyOf(data);
    }

    /** The page as a list whose empty form has null ids. */
    public static <T> ListBody<T> of(Page<T> page, Function<T, String> id) {
        List<T> rows = page.rows();
        return rows.isEmpty()
                ? new ListBody<>("list", rows, null, null, page.hasMore())
                : new ListBody<>(
                        "list", rows, id.apply(rows.get(0)), id.apply(rows.get(rows.size() - 1)), page.hasMore());
    }

    /** openai-java's strict mode refuses null ids in a list of files, even in an empty one. */
    public ListBody<T> withTextIds() {
        return new ListBody<>(object, data, firstId == null ? "" : firstId, lastId == null ? "" : lastId, hasMore);
    }
}
