package dev.anneal.engine.text.rows;

import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * Why one line of a dataset is not used, in terms that let its author repair it. Excerpts are short and hold no control characters.
 *
 * @param line line of the file, counted from 1; {@link #NO_LINE} for a row that is in no file
 * @param reason what is wrong, as one of the names that counts are kept under
 * @param path where in the line, as a JSON path such as {@code $.messages[2].role}
 * @param expected what must hold there
 * @param found what is there
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
