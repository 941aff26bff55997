package dev.anneal.engine.train;

import dev.anneal.engine.network.model.AdapterDropout;
import dev.anneal.engine.text.data.EncodedRow;
import dev.anneal.protocol.Progress;
import java.util.List;
import java.util.function.Consumer;

/**
 * What the steps of a training work with.
 *
 * @param gradients where passes leave the gradient of a step
 * @param signal ends passes once the training is to stop
 */
record Training<G>(
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
    List<MicroBatch> split(List<EncodedRow> rows, int unit, Sharing sharing) {
        return MicroBatch.split(rows, unit, trained.dropout() == 0 ? sharing : Sharing.NONE, job.limits());
    }

    /** Dropout of a micro-batch in a step. */
    AdapterDropout dropout(MicroBatch batch, int step) {
        return batch.dropout(trained.dropout(), job.settings().seed(), step);
    }
}
