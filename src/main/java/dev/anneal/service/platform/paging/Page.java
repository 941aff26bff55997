package dev.anneal.service.platform.paging;

import java.util.List;
import java.util.function.Function;

/**
 * Consecutive rows of a list.
 *
 * @param hasMore whether rows follow the last one
 */
public record Page<T>(List<T> rows, boolean hasMore) {

    public Page {
        rows = List.copyOf(rows);
    }

    /** The page of {@code request} from the rows that its query read, at most one more than the limit. */
    public static <T> Page<T> of(List<T> rowsRead, PageRequest request) {
        boolean hasMore = rowsRead.size() > request.limit();
        return new Page<>(hasMore ? rowsRead.subList(0, request.limit()) : rowsRead, hasMore);
    }

    public <R> Page<R> map(Function<? super T, ? extends R> mapper) {
        return new Page<R>(rows.stream().<R>map(mapper).toList(), hasMore);
    }
}
