package dev.anneal.engine.train.passes;

import dev.anneal.engine.network.model.AdapterDropout;
import dev.anneal.engine.text.data.EncodedRow;
import dev.anneal.engine.train.state.GradientSum;
import dev.anneal.engine.train.state.Ranks;
import dev.anneal.engine.train.state.Trainable;
import dev.anneal.engine.train.state.TrainingJob;
import dev.anneal.protocol.Progress;
import java.util.ArrayList;
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

    /** Splits rows for passes, where each unit may be on another device. */
    public List<MicroBatch> split(List<EncodedRow> rows, int unit, Sharing sharing) {
        return split(rows, unit, unit, sharing);
    }

    /**
     * Splits rows for passes on the devices of the training.
     *
     * @param unit number of consecutive rows that stay in one micro-batch
     * @param together number of consecutive rows, in whole units, that stay on one device
     * @param sharing what rows share if they may: with dropout each row drops other inputs of the adapter
     */
    public List<MicroBatch> split(List<EncodedRow> rows, int unit, int together, Sharing sharing) {
        List<MicroBatch> batches = new ArrayList<>();
        List<List<Integer>> portions =
                Portions.of(rows, together, gradients.ranks().portions());
        for (int portion = 0; portion < portions.size(); portion++) {
            int number = portion;
            List<Integer> own = portions.get(portion);
            MicroBatch.split(
                            own.stream().map(rows::get).toList(),
                            unit,
                            trained.dropout() == 0 ? sharing : Sharing.NONE,
                            job.limits())
                    .forEach(batch -> batches.add(batch.ofPortion(number, own)));
        }
        return batches;
    }

    /** Who computes the steps. */
    public Ranks ranks() {
        return gradients.ranks();
    }

    /** Dropout of a micro-batch in a step. */
    public AdapterDropout dropout(MicroBatch batch, int step) {
        return batch.dropout(trained.dropout(), job.settings().seed(), step);
    }
}
