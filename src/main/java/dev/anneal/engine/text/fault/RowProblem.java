package dev.anneal.engine.text.fault;

import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * Why a line of a dataset is not used, with everything its author needs to repair it. Excerpts are short and contain no
 * control characters.
 *
 * @param line line of the file, from 1; {@link #NO_LINE} for a row outside files
 * @param reason the fault
 * @param path JSON path within the line, such as {@code $.messages[2].role}
 * @param expected what is required there
 * @param found what was found
 * @param remedy what to do about it
 */
@JsonNaming(SnakeCaseStrategy.class)
public record RowProblem(long line, RowFault reason, String path, String expected, String found, String remedy) {

    static final long NO_LINE = 0;

    @Override
    public String toString() {
        String where = line == NO_LINE ? path : "line %d, %s".formatted(line, path);
        return "%s: expected %s, found %s; %s".formatted(where, expected, found, remedy);
    }
}
