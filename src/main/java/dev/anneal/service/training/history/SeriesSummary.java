package dev.anneal.service.training.history;

import org.jspecify.annotations.Nullable;

/**
 * Summary of the series of a training that has done all its steps.
 *
 * @param moving steps whose learning rate and gradient were above 0
 * @param idle steps whose gradient was exactly 0 although their loss and learning rate were above 0
 * @param window steps that count as the training's beginning, and as its end
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

    /** Steps at either end: a tenth of all, but enough that chance does not put all of them above a mean. */
    static int window(int totalSteps) {
        return Math.max(10, totalSteps / 10);
    }

    /** Whether each loss of the end was above the mean of the beginning; false for a training too short to have both. */
    public boolean isLossAboveItsBeginning() {
        return steps >= 2 * window && firstLoss != null && lastLoss != null && lastLoss > firstLoss;
    }
}
