package dev.anneal.service.training.outlook;

import dev.anneal.service.training.machine.Machine;
import dev.anneal.service.training.settings.TrainingCost;
import java.util.Optional;

/**
 * Speed of trainings of a model.
 *
 * @param startSeconds time from the claim to the first step
 * @param operationsPerSecond floating-point operations per second in steps
 * @param validationSeconds duration of a validation; 0 if there was none
 * @param checkpointSeconds duration of a checkpoint; 0 if there was none
 * @param closingSeconds time from the last checkpoint to the end of the job
 */
record Pace(
        double startSeconds,
        double operationsPerSecond,
        double validationSeconds,
        double checkpointSeconds,
        double closingSeconds) {

    private static final double LOADED_BYTES_PER_SECOND = 1e9;

    /**
     * Pace derived from a measured machine, for a model without past trainings; empty without a measurement of this
     * precision.
     */
    static Optional<Pace> of(Machine machine, TrainingCost cost) {
        return machine.operationsPerSecond(cost.precision(), cost.width())
                .map(rate ->
                        new Pace(machine.startSeconds() + cost.loadedBytes() / LOADED_BYTES_PER_SECOND, rate, 0, 0, 0));
    }

    /** Duration from the claim to the end. */
    double secondsOf(Remaining remaining) {
        return startSeconds
                + remaining.share() * remaining.cost().operations() / operationsPerSecond
                + remaining.validations() * validationSeconds
                + remaining.checkpoints() * checkpointSeconds
                + closingSeconds;
    }
}
