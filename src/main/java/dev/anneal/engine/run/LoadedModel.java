package dev.anneal.engine.run;

import dev.anneal.engine.format.file.Sha256;
import dev.anneal.engine.network.lora.Adapter;
import dev.anneal.engine.network.lora.AdapterConfig;
import dev.anneal.engine.network.model.AdapterDropout;
import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.run.task.TaskException;
import dev.anneal.engine.train.state.CheckpointFolder;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A base model in memory, alone, with a checkpoint's adapter at its beta, or with a checkpoint's weights. Closed by its
 * owner.
 */
record LoadedModel(DecoderModel model, AppliedAdapter adapter) implements AutoCloseable {

    /**
     * @param checkpointDirectory null for the base model alone
     * @throws TaskException if the checkpoint was trained on another model, or on other weights of this model
     */
    static LoadedModel open(BaseModelFiles base, @Nullable String checkpointDirectory) throws IOException {
        if (checkpointDirectory == null) {
            return asIs(base, base.directory());
        }
        CheckpointFolder trained = CheckpointFolder.open(Path.of(checkpointDirectory));
        base.requireTrainedOn(trained.state());
        @Nullable
        AdapterConfig config = trained.state().adapterConfig(base.config().projections());
        if (config == null) {
            return asIs(base, trained.folder());
        }
        DecoderModel model = base.load();
        try {
            // Ends with the model, whose scope owns it.
            Adapter adapter = Adapter.load(model, config, trained.adapterFile());
            return new LoadedModel(model, adapter.apply(trained.state().beta(), AdapterDropout.NONE));
        } catch (IOException | RuntimeException e) {
            model.close();
            throw e;
        }
    }

    /** Hash of a base model and of what a checkpoint holds. */
    static String fingerprint(BaseModelFiles base, @Nullable String checkpointDirectory) throws IOException {
        if (checkpointDirectory == null) {
            return base.fingerprint();
        }
        CheckpointFolder trained = CheckpointFolder.open(Path.of(checkpointDirectory));
        return Sha256.ofText(trained.state().baseFingerprint() + "\n" + trained.trainedSha256());
    }

    /** The weights of a folder, without an adapter. */
    private static LoadedModel asIs(BaseModelFiles base, Path weights) throws IOException {
        DecoderModel model = base.load(weights);
        return new LoadedModel(model, model.noAdapter());
    }

    @Override
    public void close() {
        model.close();
    }
}
