package dev.anneal.engine.network.peft;

import dev.anneal.engine.format.safetensors.Dtype;
import dev.anneal.engine.format.safetensors.SafetensorsException;
import dev.anneal.engine.format.safetensors.SafetensorsFile;
import dev.anneal.engine.format.safetensors.SafetensorsWriter;
import dev.anneal.engine.format.safetensors.TensorData;
import dev.anneal.engine.format.safetensors.TensorEntry;
import dev.anneal.engine.network.architecture.ModelConfig;
import dev.anneal.engine.network.lora.Activation;
import dev.anneal.engine.network.lora.AdapterConfig;
import dev.anneal.engine.network.lora.AnnealingSchedule;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A LoRA adapter that PEFT saved, in a tar archive of its folder. Opening checks settings, names, types and shapes
 * against a model; writing checks the values. Closed by its owner.
 */
public final class ImportedAdapter implements AutoCloseable {

    private static final String WEIGHTS = "adapter_model.safetensors";
    private static final String PICKLED_WEIGHTS = "adapter_model.bin";
    private static final int MAX_SETTINGS_BYTES = 1 << 20;
    private static final int MAX_HEADER_BYTES = 1 << 24;

    private final PeftSettings settings;
    private final SafetensorsFile file;
    private final PeftNames names;

    private ImportedAdapter(PeftSettings settings, SafetensorsFile file, PeftNames names) {
        this.settings = settings;
        this.file = file;
        this.names = names;
    }

    /**
     * @param archive an uncompressed tar that holds {@code adapter_config.json} and {@code adapter_model.safetensors},
     *     in any folder
     * @param model the base model that it adapts
     * @throws PeftException if the engine does not compute such an adapter exactly
     * @throws IOException if the archive cannot be read
     */
    public static ImportedAdapter open(Path archive, ModelConfig model) throws IOException {
        Map<String, TarFiles.Content> files =
                TarFiles.find(archive, Set.of(PeftSettings.FILE, WEIGHTS, PICKLED_WEIGHTS));
        TarFiles.Content weights = required(files, WEIGHTS);
        PeftSettings settings = PeftSettings.parse(settings(archive, required(files, PeftSettings.FILE)));
        SafetensorsFile file = open(archive, weights);
        try {
            PeftNames names = PeftNames.of(file.tensors().values(), settings, model);
            return new ImportedAdapter(settings, file, names);
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private static TarFiles.Content required(Map<String, TarFiles.Content> files, String name) {
        TarFiles.Content content = files.get(name);
        if (content != null) {
            return content;
        }
        throw new PeftException(
                files.containsKey(PICKLED_WEIGHTS)
                        ? ("the archive holds '%s', which is pickled and not read; save the adapter with"
                                        + " safe_serialization=True")
                                .formatted(PICKLED_WEIGHTS)
                        : "the archive has no '" + name + "'; pack the folder that PEFT's save_pretrained wrote");
    }

    private static byte[] settings(Path archive, TarFiles.Content content) throws IOException {
        if (content.size() > MAX_SETTINGS_BYTES) {
            throw new PeftException("'%s' has %d bytes; at most %d are read"
                    .formatted(PeftSettings.FILE, content.size(), MAX_SETTINGS_BYTES));
        }
        try (FileChannel channel = FileChannel.open(archive, StandardOpenOption.READ)) {
            return TarFiles.read(channel, content.begin(), (int) content.size()).array();
        }
    }

    private static SafetensorsFile open(Path archive, TarFiles.Content weights) throws IOException {
        try {
            return SafetensorsFile.within(
                    archive, WEIGHTS, new SafetensorsFile.Extent(weights.begin(), weights.size(), MAX_HEADER_BYTES));
        } catch (SafetensorsException e) {
            throw new PeftException(String.valueOf(e.getMessage()), e);
        }
    }

    /** Rank, scale, dropout that it was trained with, and targets of the adapter, which is linear. */
    public AdapterConfig config() {
        return new AdapterConfig(
                settings.rank(),
                settings.alpha(),
                settings.rslora(),
                settings.dropout(),
                Activation.SILU,
                AnnealingSchedule.none(),
                names.targets());
    }

    /**
     * Writes the adapter in the form of the engine's checkpoints: F32 tensors with PEFT's names.
     *
     * @throws PeftException if a value is not finite
     */
    public void writeTo(Path safetensors) throws IOException {
        List<TensorData> tensors = new ArrayList<>();
        for (Map.Entry<String, TensorEntry> tensor : names.byName().entrySet()) {
            TensorEntry entry = tensor.getValue();
            tensors.add(new TensorData(
                    tensor.getKey(), Dtype.F32, entry.shape(), channel -> FloatCopy.copy(file, entry, channel)));
        }
        SafetensorsWriter.write(safetensors, tensors);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
