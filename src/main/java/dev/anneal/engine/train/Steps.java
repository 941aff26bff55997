package dev.anneal.engine.train;

import dev.anneal.engine.network.model.AppliedAdapter;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a method of training makes of each optimizer step: its rows, what is minimised, and what is told of it. */
interface Steps {

    /** Steps in which every row of the training file is visited once. */
    int perEpoch();

    /** Whether the loss is the mean negative log-likelihood of the trained tokens. */
    default boolean isLossLikelihood() {
        return false;
    }

    /** Computes what every step needs, once; false if it was given up because the training is to stop. */
    default boolean prepare() {
        return true;
    }

    /**
     * Computes loss and gradient, and changes nothing else.
     *
     * @param step steps done
     * @param adapter as it stands, at this step's beta
     * @return empty if the step was given up because the training is to stop
     */
    Optional<Result> compute(int step, AppliedAdapter adapter);

    /**
     * Measures the validation file and reports it.
     *
     * @param step steps done
     * @param adapter as training would go on with it
     * @return false if it was given up because the training is to stop; nothing is reported then
     */
    boolean validate(int step, AppliedAdapter adapter);

    /** Files that a checkpoint holds beside what every method has: what cannot be computed again from them. */
    default List<CheckpointWriter.Part> parts() {
        return List.of();
    }

    /** Takes over what {@link #parts} wrote. */
    default void restore(Checkpoint checkpoint) throws IOException {}

    /**
     * A computed step, whose gradient lies in the passes.
     *
     * @param loss as it is reported, once per step
     * @param tokenAccuracy null where the method does not count it
     * @param divisor of the gradient
     * @param tokens read
     * @param trainedTokens of them
     * @param negativeLogLikelihood mean of the trained tokens, nats; NaN if there is none
     * @param metrics what else was measured, finite
     */
    record Result(
            double loss,
            @Nullable Double tokenAccuracy,
            double divisor,
            long tokens,
            long trainedTokens,
            double negativeLogLikelihood,
            Map<String, Double> metrics) {}
}
