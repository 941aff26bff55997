package dev.anneal.engine.export;

import dev.anneal.engine.network.lora.Adapter;
import dev.anneal.engine.network.lora.AdapterConfig;
import dev.anneal.engine.network.model.AdapterDropout;
import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.torch.ElementType;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The model that a head was trained for.
 *
 * @param trained what the base model was trained to; null for the base model itself
 */
record HeadTarget(ExportedBase base, @Nullable Trained trained) {

    private @Nullable AdapterConfig adapterConfig() {
        return trained == null ? null : trained.adapterConfig();
    }

    /** Folder of its weights, to which its adapter is applied. */
    Path weights() {
        return trained == null || adapterConfig() != null ? base.directory() : trained.folder();
    }

    /** The model without its adapter, in fp32. */
    DecoderModel load(String device) throws IOException {
        return DecoderModel.load(base.directory(), weights(), ElementType.FLOAT32, device);
    }

    /** Its adapter as drafts are trained with it, at the beta of its checkpoint. */
    AppliedAdapter adapter(DecoderModel model) throws IOException {
        @Nullable AdapterConfig config = adapterConfig();
        return trained == null || config == null
                ? model.noAdapter()
                : Adapter.load(model, config, trained.weights()).apply(trained.beta(), AdapterDropout.NONE);
    }
}
