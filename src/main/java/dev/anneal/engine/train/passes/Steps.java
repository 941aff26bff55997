package dev.anneal.engine.train.passes;

import dev.anneal.engine.network.model.AdapterShares;
import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.train.state.CheckpointFolder;
import dev.anneal.engine.train.state.CheckpointWriter;
import dev.anneal.engine.train.state.TrainedTokens;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The optimizer steps of a training method: their rows, loss and metrics. */
public interface Steps {

    /** Steps in which every row of the training file is visited once. */
    int perEpoch();

    /** Whether the loss is the mean negative log-likelihood of the trained tokens. */
    default boolean isLossLikelihood() {
        return false;
    }

    /**
     * Prepares all steps.
     *
     * @param saving keeps answers of the target while they are written
     * @return false if it was abandoned because the training is to stop
     */
    default boolean prepare(AnswersSaving saving) throws IOException {
        return true;
    }

    /** Keeps answers of a target for later attempts. */
    interface AnswersSaving {

        /**
         * @param count number of answers
         * @param total number of answers once all are written
         * @param answers file with the answers
         */
        void save(int count, int total, CheckpointWriter.Part answers) throws IOException;
    }

    /**
     * Computes loss and gradient, and changes nothing else.
     *
     * @param step steps done
     * @param adapter adapter at this step's beta
     * @return empty if the step was abandoned because the training is to stop
     */
    Optional<Result> compute(int step, AppliedAdapter adapter);

    /** The step that was computed last is done. */
    default void done() {}

    /** Whether the validation file is measured before the first step too, to compare with. */
    default boolean measuresBeginning() {
        return false;
    }

    /**
     * Measures the validation file and reports it.
     *
     * @param step steps done
     * @param adapter adapter at the next step's beta
     * @return false if it was abandoned because the training is to stop; nothing is reported then
     */
    boolean validate(int step, AppliedAdapter adapter);

    /**
     * Loss of few rows without dropout, the same ones for all adapters of a computed step that is not {@link #done}
     * yet; for reinforcement the mean negative log-likelihood of its completions.
     *
     * @return empty if it was abandoned because the training is to stop
     */
    Optional<Double> probe(AppliedAdapter adapter);

    /** What an adapter does to one of these rows; null if the method does not measure it. */
    default @Nullable AdapterShares shares(AppliedAdapter adapter) {
        return null;
    }

    /** Additional files of a checkpoint: state of this method that cannot be recomputed. */
    default List<CheckpointWriter.Part> parts() {
        return List.of();
    }

    /** Restores the state that {@link #parts} wrote. */
    default void restore(CheckpointFolder checkpoint) throws IOException {}

    /**
     * A computed step, whose gradient the passes hold.
     *
     * @param loss reported loss
     * @param tokenAccuracy null if the method does not count it
     * @param divisor divisor of the gradient
     * @param tokens tokens of the step
     * @param negativeLogLikelihood mean over the trained tokens, nats; NaN if there are none
     * @param metrics further finite values
     */
    record Result(
            double loss,
            @Nullable Double tokenAccuracy,
            double divisor,
            TrainedTokens tokens,
            double negativeLogLikelihood,
            Map<String, Double> metrics) {}
}
