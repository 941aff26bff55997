package dev.anneal.engine.train.passes;

import dev.anneal.engine.network.model.AdapterShares;
import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.network.model.Gradients;
import dev.anneal.engine.network.objective.LossSums;
import dev.anneal.engine.network.objective.Objective;
import dev.anneal.engine.text.data.EncodedRow;
import dev.anneal.engine.train.state.TrainingData;
import dev.anneal.engine.train.state.TrainingJob;
import dev.anneal.protocol.Progress;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/**
 * The passes of a training's steps: each row has the dropout of its position, and activations are recomputed if they do
 * not fit into memory.
 *
 * @param passes for work without gradients or dropout
 */
public record StepPasses(Training<Gradients> training, Passes passes) {

    private static final int MOST_PROBED = 8;

    public StepPasses(Training<Gradients> training) {
        this(
                training,
                new Passes(training.job().model(), training.gradients(), training.checkpointing(), training.signal()));
    }

    public TrainingJob job() {
        return training.job();
    }

    public Consumer<Progress> progress() {
        return training.progress();
    }

    /** The first rows of the validation file, or else of the training file, that are probed. */
    public List<EncodedRow> probed(TrainingData.Rows data) {
        List<EncodedRow> rows = data.validation().isEmpty() ? data.training() : data.validation();
        int most = Math.min(MOST_PROBED, job().settings().batchRows() / 2);
        // In whole pairs, if the rows are pairs.
        return rows.subList(
                0, Math.min(rows.size(), TrainingData.Rows.PAIR * Math.max(1, most / TrainingData.Rows.PAIR)));
    }

    /** The first of some rows, as many as are probed at most. */
    public static List<EncodedRow> few(List<EncodedRow> rows) {
        return rows.subList(0, Math.min(MOST_PROBED, rows.size()));
    }

    /** Mean negative log-likelihood of the rows' trained tokens. */
    public Optional<Double> probe(List<EncodedRow> rows, AppliedAdapter adapter) {
        return passes.evaluate(training.split(rows, 1, Sharing.PROMPTS), adapter, done -> {})
                .map(LossSums::mean);
    }

    /** What an adapter does to the first of some rows. */
    public AdapterShares shares(List<EncodedRow> rows, AppliedAdapter adapter) {
        MicroBatch alone = training.split(rows.subList(0, 1), 1, Sharing.NONE).get(0);
        return job().model().adapterShares(alone.rows(), adapter);
    }

    /**
     * Losses and gradient of a step, as {@link Passes#train} computes them.
     *
     * @param step steps done
     */
    public Optional<Passes.Outcome> train(
            int step, List<MicroBatch> batches, AppliedAdapter adapter, IntFunction<Objective> objectiveOf) {
        return passes.train(
                batches,
                adapter,
                batch -> training.dropout(batch, step),
                objectiveOf,
                () -> progress()
                        .accept(new Progress.Warning(
                                "the activations of step %d did not fit into memory: from here on they are %s"
                                        .formatted(step + 1, ActivationCheckpointing.COMPUTED_AGAIN))));
    }
}
