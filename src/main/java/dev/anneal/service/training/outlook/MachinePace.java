package dev.anneal.service.training.outlook;

import dev.anneal.service.training.machine.Machine;
import dev.anneal.service.training.settings.TrainingCost;
import java.util.Optional;

/** Expectations from a measured machine, for models that nobody has trained yet. */
public final class MachinePace {

    private static final double LOADED_BYTES_PER_SECOND = 1e9;

    private MachinePace() {}

    /**
     * @param share how much of the training is to be done yet
     * @return empty if the machine has not measured products of this precision
     */
    static Optional<ExpectedDuration> of(Machine machine, TrainingCost cost, double share) {
        return computingSeconds(machine, cost)
                .map(seconds -> new ExpectedDuration(
                        machine.startSeconds() + cost.loadedBytes() / LOADED_BYTES_PER_SECOND + share * seconds,
                        ExpectedDuration.Basis.MEASURED_MACHINE));
    }

    /** Seconds of all steps and validations. */
    public static Optional<Double> computingSeconds(Machine machine, TrainingCost cost) {
        return machine.operationsPerSecond(cost.precision(), cost.width()).map(rate -> cost.operations() / rate);
    }
}
