package dev.anneal.engine.train.passes;

import dev.anneal.engine.network.model.AdapterDropout;
import dev.anneal.engine.text.data.EncodedRow;
import dev.anneal.engine.train.state.GradientSum;
import dev.anneal.engine.train.state.Trainable;
import dev.anneal.engine.train.state.TrainingJob;
import dev.anneal.protocol.Progress;
import java.util.List;
import java.util.function.Consumer;

/**
 * What the steps of a training work with.
 *
 * @param gradients where passes leave the gradient of a step
 * @param signal ends passes once the training is to stop
 */
public record Training<G>(
        TrainingJob job,
        Trainable<G> trained,
        GradientSum<G> gradients,
        ActivationCheckpointing checkpointing,
        StopSignal signal,
        Consumer<Progress> progress) {

    /**
     * Splits rows for passes on the model's device.
     *
     * @param unit number of consecutive rows that stay together
     * @param sharing what rows share if they may: with dropout each row drops other inputs of the adapter
     */
    public List<MicroBatch> split(List<EncodedRow> rows, int unit, Sharing sharing) {
        return MicroBatch.split(rows, unit, trained.dropout() == 0 ? sharing : Sharing.NONE, job.limits());
    }

    /** Dropout of a micro-batch in a step. */
    public AdapterDropout dropout(MicroBatch batch, int step) {
        return batch.dropout(trained.dropout(), job.settings().seed(), step);
    }
}
