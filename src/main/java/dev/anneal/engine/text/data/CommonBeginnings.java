package dev.anneal.engine.text.data;

import java.util.List;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * Tokens that rows of a file begin with alike, by a sample of its rows: a step computes them once.
 *
 * @param ofPairs sum over all pairs of the tokens that both conversations begin with; 0 without pairs
 * @param levels tokens that shares of the rows begin with, for example a system prompt of all rows and another one of half of them
 */
@JsonNaming(SnakeCaseStrategy.class)
public record CommonBeginnings(long ofPairs, List<Level> levels) {

    /** No tokens. */
    public static final CommonBeginnings NONE = new CommonBeginnings(0, List.of());

    public CommonBeginnings {
        levels = List.copyOf(levels);
    }

    /**
     * Tokens with one share.
     *
     * @param share of the rows that begin with them, above 0 up to 1
     * @param tokens their number, of all places of rows where as many agree
     */
    @JsonNaming(SnakeCaseStrategy.class)
    public record Level(double share, int tokens) {

        /** Expected number of times that drawn rows have the tokens again. */
        private double repeated(double rows) {
            return rows * share - (1 - Math.pow(1 - share, rows));
        }
    }

    /** Expected number of tokens of a step's rows that others of the step begin with as well, so that they need not be computed. */
    public double ofStep(double rows) {
        return levels.stream()
                .mapToDouble(level -> level.tokens * Math.max(0, level.repeated(rows)))
                .sum();
    }
}
