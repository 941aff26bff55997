package dev.anneal.engine.export;

import dev.anneal.engine.lora.Adapter;
import dev.anneal.engine.lora.AdapterConfig;
import dev.anneal.engine.model.AdapterDropout;
import dev.anneal.engine.model.AppliedAdapter;
import dev.anneal.engine.model.DecoderModel;
import dev.anneal.engine.torch.ElementType;
import dev.anneal.protocol.TrainingSettings;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A checkpoint as an export sees it.
 *
 * @param checkpoint folder of the checkpoint
 * @param file the adapter's safetensors file in it
 * @param beta coefficient with which training would go on
 * @param step optimizer steps done
 * @param totalSteps steps of the whole job
 * @param settings how it was trained
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
        TrainingSettings settings,
        String baseFingerprint,
        String dataFingerprint)
        implements Trained {

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
                        new MergedModel.Source(AdapterRows.opener(this, request.betweenTensors()), this::probe),
                        request);
            case "adapter" -> new PeftAdapter(this, base.id());
            case "gguf" ->
                new GgufModel(
                        base, AdapterRows.opener(this, request.betweenTensors()), GgufType.named(request.dtype()));
            case "training_state" -> new TrainingState(checkpoint, beta);
            default ->
                throw new ExportException(
                        ExportException.Code.INVALID_EXPORT,
                        "kind must be merged, adapter, gguf or training_state, found '" + request.kind() + "'");
        };
    }

    private Probe probe(BaseModel base, ExportRequest request) throws IOException {
        try (DecoderModel model = DecoderModel.load(base.directory(), ElementType.FLOAT32, request.device());
                Adapter loaded = Adapter.load(model, config, file)) {
            AppliedAdapter applied = loaded.apply(0, AdapterDropout.NONE);
            return new Probe(request.probes(), model, applied, request.betweenTensors());
        }
    }
}
