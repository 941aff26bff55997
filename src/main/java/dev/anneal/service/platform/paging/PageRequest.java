package dev.anneal.service.platform.paging;

import org.jspecify.annotations.Nullable;

/**
 * A client's request for a page of a list.
 *
 * <p>Lists are ordered by (created_at, id). A query reads {@link #rowsToRead()} rows after the position of {@code after}: the row beyond
 * the limit only shows that there are more.
 *
 * @param after id of the last row the client has seen, or null for the first page
 * @param limit maximum number of rows
 * @param ascending oldest first
 */
public record PageRequest(@Nullable String after, int limit, boolean ascending) {

    public PageRequest {
        if (limit < 1) {
            throw new IllegalArgumentException("limit must be at least 1 but is " + limit);
        }
    }

    public int rowsToRead() {
        return limit + 1;
    }
}
