package dev.anneal.service.training.outlook;

import dev.anneal.service.training.machine.Machine;
import dev.anneal.service.training.settings.TrainingCost;
import java.util.Optional;

/**
 * How fast trainings of a model go.
 *
 * @param startSeconds from the claim to the first step
 * @param operationsPerSecond of steps
 * @param validationSeconds of one; 0 if there was none
 * @param checkpointSeconds of one; 0 if there was none
 * @param closingSeconds from the last checkpoint to the end of the job
 */
record Pace(
        double startSeconds,
        double operationsPerSecond,
        double validationSeconds,
        double checkpointSeconds,
        double closingSeconds) {

    private static final double LOADED_BYTES_PER_SECOND = 1e9;

    /** What a measured machine promises, for a model that nobody has trained yet; empty if it has not measured products of this precision. */
    static Optional<Pace> of(Machine machine, TrainingCost cost) {
        return machine.operationsPerSecond(cost.precision(), cost.width())
                .map(rate ->
                        new Pace(machine.startSeconds() + cost.loadedBytes() / LOADED_BYTES_PER_SECOND, rate, 0, 0, 0));
    }

    /** From the claim to the end. */
    double secondsOf(Remaining remaining) {
        return startSeconds
                + remaining.share() * remaining.cost().operations() / operationsPerSecond
                + remaining.validations() * validationSeconds
                + remaining.checkpoints() * checkpointSeconds
                + closingSeconds;
    }
}
