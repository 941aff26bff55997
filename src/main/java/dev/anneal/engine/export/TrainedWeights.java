package dev.anneal.engine.export;

import dev.anneal.engine.format.safetensors.WeightDirectory;
import dev.anneal.engine.network.lora.AdapterConfig;
import dev.anneal.protocol.TrainingSettings;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A checkpoint of a training of all weights, as an export sees it.
 *
 * @param checkpoint folder of the checkpoint, with the trained weights as {@code model.safetensors}
 * @param step optimizer steps done
 * @param totalSteps steps of the whole job
 * @param settings how it was trained
 * @param baseFingerprint fingerprint of the base model it was trained on
 * @param dataFingerprint hash of the encoded rows it was trained on
 */
public record TrainedWeights(
        Path checkpoint,
        int step,
        int totalSteps,
        TrainingSettings settings,
        String baseFingerprint,
        String dataFingerprint)
        implements Trained {

    @Override
    public Path weights() {
        return checkpoint.resolve(WeightDirectory.SINGLE_FILE);
    }

    @Override
    public @Nullable AdapterConfig adapterConfig() {
        return null;
    }

    @Override
    public double beta() {
        return 0;
    }

    @Override
    public Kind kind(ExportRequest request, BaseModel base) {
        return switch (request.kind()) {
            case "merged" ->
                new MergedModel(
                        base,
                        new MergedModel.Source(
                                TrainedRows.opener(checkpoint, request.betweenTensors()), this::reference),
                        request);
            case "gguf" ->
                new GgufModel(
                        base,
                        TrainedRows.opener(checkpoint, request.betweenTensors()),
                        GgufType.named(request.dtype()));
            case "training_state" -> new TrainingState(checkpoint, 0);
            default ->
                throw new ExportException(
                        ExportException.Code.INVALID_EXPORT,
                        "kind must be merged, gguf or training_state where all weights were trained, found '"
                                + request.kind() + "'");
        };
    }

    private Probe.Side reference(BaseModel base, ExportRequest request) throws IOException {
        return Probe.Side.of(base.directory(), checkpoint, request.device());
    }
}
