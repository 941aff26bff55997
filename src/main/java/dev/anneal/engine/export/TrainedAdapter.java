package dev.anneal.engine.export;

import dev.anneal.engine.network.lora.AdapterConfig;
import dev.anneal.protocol.TrainingSettings;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A checkpoint as an export sees it.
 *
 * @param checkpoint folder of the checkpoint
 * @param file the adapter's safetensors file in it
 * @param beta coefficient with which training would go on
 * @param step optimizer steps done
 * @param totalSteps steps of the whole job
 * @param settings how it was trained; null if that was elsewhere, of which step and data are unknown as well
 * @param baseFingerprint fingerprint of the base model it was trained on
 * @param dataFingerprint hash of the encoded rows it was trained on
 */
public record TrainedAdapter(
        Path checkpoint,
        Path file,
        AdapterConfig config,
        double beta,
        int step,
        int totalSteps,
        @Nullable TrainingSettings settings,
        String baseFingerprint,
        @Nullable String dataFingerprint)
        implements Trained {

    /**
     * A linear adapter that was trained elsewhere.
     *
     * @param file with the names and shapes of the engine's own
     * @param base the model that it is taken to be trained on: nothing in it says which one it was
     */
    public static TrainedAdapter elsewhere(Path file, AdapterConfig config, BaseModel base) {
        return new TrainedAdapter(file.resolveSibling("."), file, config, 0, 0, 0, null, base.fingerprint(), null);
    }

    @Override
    public Path weights() {
        return file;
    }

    @Override
    public AdapterConfig adapterConfig() {
        return config;
    }

    @Override
    public Kind kind(ExportRequest request, BaseModel base) {
        return switch (request.kind()) {
            case "merged" ->
                new MergedModel(
                        base,
                        new MergedModel.Source(AdapterRows.opener(this, request.betweenTensors()), this::reference),
                        request);
            case "adapter" -> new PeftAdapter(this, base);
            case "gguf" ->
                new GgufModel(
                        base, AdapterRows.opener(this, request.betweenTensors()), GgufType.named(request.dtype()));
            case "training_state" -> trainingState();
            default ->
                throw new ExportException(
                        ExportException.Code.INVALID_EXPORT,
                        "kind must be merged, adapter, gguf or training_state, found '" + request.kind() + "'");
        };
    }

    private Kind trainingState() {
        if (settings == null) {
            throw new ExportException(
                    ExportException.Code.INVALID_EXPORT,
                    "an adapter that was trained elsewhere has no training state: kind must be merged, adapter or gguf");
        }
        return new TrainingState(checkpoint, beta);
    }

    private Probe.Side reference(BaseModel base, ExportRequest request) throws IOException {
        return Probe.Side.of(base.directory(), file, config, request.device());
    }
}
