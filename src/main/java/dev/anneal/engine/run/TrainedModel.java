package dev.anneal.engine.run;

import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.train.state.Target;
import dev.anneal.protocol.TrainTask;
import java.io.IOException;
import java.util.Objects;

/** The model that a task trains, or the target whose head it trains. Closing it closes what it has loaded. */
final class TrainedModel implements AutoCloseable {

    private final DecoderModel model;
    private final boolean own;

    private TrainedModel(DecoderModel model, boolean own) {
        this.model = model;
        this.own = own;
    }

    static TrainedModel of(TrainTask task, BaseModelFiles base, LoadedTarget target) throws IOException {
        if (!task.settings().method().trainsHead()) {
            return new TrainedModel(base.load(), true);
        }
        Target loaded = Objects.requireNonNull(target.orNull(), "a head's task names its target");
        return new TrainedModel(loaded.model(), false);
    }

    DecoderModel model() {
        return model;
    }

    @Override
    public void close() {
        if (own) {
            model.close();
        }
    }
}
