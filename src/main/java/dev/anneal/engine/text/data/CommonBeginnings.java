package dev.anneal.engine.text.data;

import java.util.Arrays;
import java.util.List;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * Tokens that rows of a file begin with alike, by a sample of its rows: a step computes them once.
 *
 * @param ofPairs sum over all pairs of the tokens that both conversations begin with; 0 without pairs
 * @param levels tokens that shares of the rows begin with, for example a system prompt of all rows and another one of
 *     half of them
 */
@JsonNaming(SnakeCaseStrategy.class)
public record CommonBeginnings(long ofPairs, List<Level> levels) {

    /** No tokens. */
    public static final CommonBeginnings NONE = new CommonBeginnings(0, List.of());

    /** Fewest tokens that training shares: fewer cost more than they save, because their keys and values are copied. */
    public static final int SHORTEST_TOKENS = 16;

    public CommonBeginnings {
        levels = List.copyOf(levels);
    }

    /**
     * Tokens with one share.
     *
     * @param share of the rows that begin with them, above 0 up to 1
     * @param end place in a row where they end: the length of the beginning, with those of larger shares
     * @param tokens their number, of all beginnings with this share and end
     */
    @JsonNaming(SnakeCaseStrategy.class)
    public record Level(double share, int end, int tokens) {

        /** Expected number of times that drawn rows have the tokens again. */
        private double repeated(double rows) {
            return Math.max(0, rows * share - (1 - Math.pow(1 - share, rows)));
        }
    }

    /** Number of tokens that both rows begin with. */
    public static int length(int[] one, int[] other) {
        int different = Arrays.mismatch(one, other);
        return different < 0 ? one.length : different;
    }

    /**
     * Expected number of tokens of a step that need not be computed, because others of its rows begin with them as
     * well.
     *
     * @param rows number of rows of a step
     * @param microBatches number of micro-batches, each of which computes shorter beginnings itself
     * @param ofStep length from which a beginning is computed once for all micro-batches
     */
    public double ofStep(double rows, int microBatches, int ofStep) {
        double sum = 0;
        for (Level level : levels) {
            int parts = level.end < ofStep ? microBatches : 1;
            sum += level.tokens * parts * level.repeated(rows / parts);
        }
        return sum;
    }
}
