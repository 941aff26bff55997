package dev.anneal.engine.run.serve;

import dev.anneal.engine.network.draft.EagleDrafter;
import dev.anneal.engine.network.draft.EagleHead;
import dev.anneal.engine.network.draft.HeadShape;
import dev.anneal.engine.network.generate.DraftHead;
import dev.anneal.engine.network.lora.Adapter;
import dev.anneal.engine.network.lora.AdapterConfig;
import dev.anneal.engine.network.model.AdapterDropout;
import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.train.state.CheckpointFolder;
import dev.anneal.protocol.TrainingMethod.SpeculativeDraft;
import java.io.IOException;

/**
 * A checkpoint's draft head in memory. Closed by its owner, before its target.
 *
 * @param reader closed with the head, which owns its memory
 */
public record LoadedHead(EagleHead head, EagleDrafter reader) implements AutoCloseable {

    public static LoadedHead of(DecoderModel target, CheckpointFolder trained) throws IOException {
        SpeculativeDraft method = (SpeculativeDraft) trained.state().settings().method();
        EagleHead head = EagleHead.load(trained.folder(), HeadShape.of(method, target.config()), target);
        try {
            return new LoadedHead(head, EagleDrafter.onlyUseOf(head, adapter(head, trained)));
        } catch (IOException | RuntimeException | Error e) {
            head.close();
            throw e;
        }
    }

    private static AppliedAdapter adapter(EagleHead head, CheckpointFolder trained) throws IOException {
        AdapterConfig config = trained.state().adapterConfig(head.config().projections());
        return config == null
                ? head.noAdapter()
                : Adapter.load(head.scope(), head.precision(), head.config(), config, trained.adapterFile())
                        .apply(trained.state().beta(), AdapterDropout.NONE);
    }

    public DraftHead draft() {
        return new DraftHead(reader);
    }

    @Override
    public void close() {
        reader.close();
        head.close();
    }
}
