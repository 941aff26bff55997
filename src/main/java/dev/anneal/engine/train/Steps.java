package dev.anneal.engine.train;

import dev.anneal.engine.network.model.AppliedAdapter;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The optimizer steps of a training method: which rows each reads, what it minimises, and which metrics it reports. */
interface Steps {

    /** Steps in which every row of the training file is visited once. */
    int perEpoch();

    /** Whether the loss is the mean negative log-likelihood of the trained tokens. */
    default boolean isLossLikelihood() {
        return false;
    }

    /** Computes once what every step needs. Returns false if it was abandoned because the training is to stop. */
    default boolean prepare() {
        return true;
    }

    /**
     * Computes loss and gradient, and changes nothing else.
     *
     * @param step steps done
     * @param adapter at this step's beta
     * @return empty if the step was abandoned because the training is to stop
     */
    Optional<Result> compute(int step, AppliedAdapter adapter);

    /**
     * Measures the validation file and reports it.
     *
     * @param step steps done
     * @param adapter at the next step's beta
     * @return false if it was abandoned because the training is to stop; nothing is reported then
     */
    boolean validate(int step, AppliedAdapter adapter);

    /** Further files of a checkpoint: this method's state that cannot be computed again. */
    default List<CheckpointWriter.Part> parts() {
        return List.of();
    }

    /** Restores the state that {@link #parts} wrote. */
    default void restore(Checkpoint checkpoint) throws IOException {}

    /**
     * A computed step, whose gradient the passes hold.
     *
     * @param loss that is reported
     * @param tokenAccuracy null where the method does not count it
     * @param divisor of the gradient
     * @param tokens read
     * @param trainedTokens of them
     * @param negativeLogLikelihood mean of the trained tokens, nats; NaN if there is none
     * @param metrics further finite values
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
