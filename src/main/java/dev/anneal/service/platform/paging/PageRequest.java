package dev.anneal.service.platform.paging;

import org.jspecify.annotations.Nullable;

/**
 * A client's request for a page of a list.
 *
 * <p>Lists are ordered by (created_at, id). A query reads {@link #rowsToRead()} rows after the position of
 * {@code after}: the row beyond the limit only shows that there are more.
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

    /**
     * Condition of the page, with the parameter {@code after}; {@code TRUE} for the first page. One condition for both
     * would make a generic plan read all rows before those of the page.
     *
     * @param column column of ids by which the list is ordered, or several as {@code (a, b)}; it becomes part of SQL,
     *     so it must never come from a client
     */
    public String after(String column) {
        return after(column, ":after");
    }

    /**
     * As {@link #after(String)}, for lists that are not ordered by their public ids alone.
     *
     * @param position the value of {@code column} that belongs to the parameter {@code after}
     */
    public String after(String column, String position) {
        return after == null ? "TRUE" : column + (ascending ? " > " : " < ") + position;
    }

    /** Order of the rows in SQL. */
    public String order() {
        return ascending ? "ASC" : "DESC";
    }

    public int rowsToRead() {
        return limit + 1;
    }
}
