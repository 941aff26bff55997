package dev.anneal.engine.network.lora;

import dev.anneal.engine.network.architecture.LayerShape;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.TensorScope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;

/** Adapters whose A and B are drawn at random, so that no gradient vanishes. */
public final class RandomAdapter {

    private RandomAdapter() {}

    /** @param folder gets its file */
    public static Adapter of(DecoderModel model, AdapterConfig config, Random random, Path folder) throws IOException {
        return of(model.scope(), model.precision(), model.config(), config, random, folder);
    }

    /** As above, of layers that are no model. */
    public static Adapter of(
            TensorScope owner,
            ElementType precision,
            LayerShape shape,
            AdapterConfig config,
            Random random,
            Path folder)
            throws IOException {
        AdapterLayout layout = new AdapterLayout(config, shape);
        return Adapter.load(
                owner,
                precision,
                shape,
                config,
                AdapterOfArrays.write(
                        folder.resolve("adapter.safetensors"),
                        layout,
                        RandomModel.normal(random, (int) layout.elementsOfA(), 0.3),
                        RandomModel.normal(random, (int) layout.elementsOfB(), 0.3)));
    }
}
