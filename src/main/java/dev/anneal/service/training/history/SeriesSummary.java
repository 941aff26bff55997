package dev.anneal.service.training.history;

import org.jspecify.annotations.Nullable;

/**
 * Summary of the series of a completed training.
 *
 * @param moving number of steps whose learning rate and gradient were above 0
 * @param idle number of steps whose gradient was exactly 0 although loss and learning rate were above 0
 * @param window number of steps at the beginning, and at the end, that are compared
 * @param firstLoss mean loss of the first {@code window} steps; null if none was recorded
 * @param lastLoss smallest loss of the last {@code window} steps; null if none was recorded
 */
public record SeriesSummary(
        int steps,
        int moving,
        int idle,
        int window,
        @Nullable Double firstLoss,
        @Nullable Double lastLoss) {

    /** Window at either end: a tenth of all steps, but enough that all of them exceed a mean only rarely by chance. */
    static int window(int totalSteps) {
        return Math.max(10, totalSteps / 10);
    }

    /**
     * Whether each loss at the end was above the mean at the beginning; false for a training too short to have both.
     */
    public boolean isLossAboveItsBeginning() {
        return steps >= 2 * window && firstLoss != null && lastLoss != null && lastLoss > firstLoss;
    }
}
