package dev.anneal.engine.run;

import dev.anneal.engine.network.architecture.ModelConfig;
import dev.anneal.engine.run.task.TaskException;
import dev.anneal.engine.train.state.Target;
import dev.anneal.protocol.ServedModel;
import dev.anneal.protocol.TrainTask;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The target of a draft's training in memory. Closed by its owner. */
record LoadedTarget(LoadedModel loaded, String fingerprint) implements AutoCloseable {

    /**
     * Null if the training has no target.
     *
     * @param draft configuration of the trained model
     * @throws TaskException {@code draft_mismatch} if both have not the same vocabulary
     */
    static @Nullable LoadedTarget of(TrainTask task, ModelConfig draft) throws IOException {
        ServedModel served = task.target();
        if (served == null) {
            return null;
        }
        BaseModelFiles base = new BaseModelFiles(served.base(), task.machine());
        int vocabulary = base.config().vocabularySize();
        if (vocabulary != draft.vocabularySize()) {
            throw TaskException.badInput(
                    "draft_mismatch",
                    ("the target %s has %,d tokens in its vocabulary, but the draft %s has %,d; a draft proposes"
                                    + " its target's tokens, so train one with the same vocabulary")
                            .formatted(
                                    served.base().id(), vocabulary, task.model().id(), draft.vocabularySize()),
                    null);
        }
        String fingerprint = LoadedModel.fingerprint(base, served.checkpointDirectory());
        return new LoadedTarget(LoadedModel.open(base, served.checkpointDirectory()), fingerprint);
    }

    Target target() {
        return new Target(loaded.model(), loaded.adapter(), fingerprint);
    }

    @Override
    public void close() {
        loaded.close();
    }
}
