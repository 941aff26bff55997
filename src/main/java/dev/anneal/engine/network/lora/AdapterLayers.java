package dev.anneal.engine.network.lora;

import dev.anneal.engine.format.safetensors.SafetensorsFile;
import dev.anneal.engine.network.architecture.ModelConfig;
import dev.anneal.engine.network.model.AdapterDropout;
import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.network.model.StreamedModel;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.TensorScope;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A linear adapter in a file, with one layer in memory at a time, in fp32. Its matrices are applied in addition to the
 * weights, not merged.
 */
public final class AdapterLayers implements StreamedModel.LayerAdapters, AutoCloseable {

    private final SafetensorsFile file;
    private final AdapterConfig config;
    private final ModelConfig model;

    private AdapterLayers(SafetensorsFile file, AdapterConfig config, ModelConfig model) {
        this.file = file;
        this.config = config;
        this.model = model;
    }

    /**
     * @throws AdapterFileException if the file's tensors are not exactly those of {@code config}
     */
    public static AdapterLayers open(Path path, AdapterConfig config, ModelConfig model) throws IOException {
        SafetensorsFile file = SafetensorsFile.open(path);
        try {
            AdapterFile.requireComplete(file, new AdapterLayout(config, model));
            return new AdapterLayers(file, config, model);
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    @Override
    public AppliedAdapter of(TensorScope owner, int layer) throws IOException {
        AdapterLayout layout = new AdapterLayout(config, model, layer, 1);
        Adapter adapter = new Adapter(owner, ElementType.FLOAT32, config, layout);
        adapter.restorePart(file);
        return adapter.apply(0, AdapterDropout.NONE);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
