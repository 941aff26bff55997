package dev.anneal.engine.export;

import dev.anneal.engine.architecture.ModelConfig;
import dev.anneal.engine.lora.MergeTally;
import dev.anneal.engine.model.DecoderModel;
import dev.anneal.engine.safetensors.WeightDirectory;
import dev.anneal.engine.torch.ElementType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A Hugging Face directory of a model of which all weights were trained, and the proof that it answers as the fp32 masters do: what differs is
 * the rounding to the weights' type.
 */
final class FullModel implements Kind {

    private final BaseModel base;
    private final Path checkpoint;
    private final ExportRequest request;
    private final WeightType type;

    FullModel(BaseModel base, Path checkpoint, ExportRequest request) {
        this.base = base;
        this.checkpoint = checkpoint;
        this.request = request;
        this.type = WeightType.named(request.dtype());
    }

    @Override
    public String wireName() {
        return "merged";
    }

    @Override
    public boolean needsAnnealedAdapter() {
        return false;
    }

    @Override
    public Map<String, @Nullable Object> write(Path folder) throws IOException {
        Map<String, @Nullable Object> proof = new LinkedHashMap<>();
        proof.put("beta", 0.0);
        try (Probe reference = reference()) {
            writeWeights(folder, proof);
            Tolerance tolerance = Tolerance.of(folder);
            AnswerDifference difference = compare(folder, reference);
            tolerance.describe(difference, request.probes().size(), proof);
            tolerance.require(difference);
        }
        return proof;
    }

    private void writeWeights(Path folder, Map<String, @Nullable Object> proof) throws IOException {
        ModelConfig config = ModelConfig.read(base.directory().resolve(CompanionFiles.CONFIG));
        CompanionFiles.copy(base.directory(), folder, type.torchName());
        try (WeightDirectory before = WeightDirectory.open(base.directory());
                WeightDirectory trained = WeightDirectory.open(checkpoint);
                FullWeights weights = new FullWeights(before, trained, type, request.betweenTensors())) {
            weights.write(folder, config.tiedEmbeddings(), ShardPlan.Sizes.USUAL);
            MergeTally tally = weights.tally();
            if (weights.tensorsChanged() == 0) {
                throw new ExportException(
                        ExportException.Code.MERGE_EQUALS_BASE,
                        "the training has changed nothing: the export would be the base");
            }
            proof.put("tensors_targeted", trained.names().size());
            proof.put("tensors_changed", weights.tensorsChanged());
            proof.put("differs_from_base", true);
            proof.put("unchanged_weight_fraction", tally.unchangedFraction());
            proof.put("max_abs_error", tally.maxError());
            proof.put("mean_abs_error", tally.meanError());
        }
    }

    private Probe reference() throws IOException {
        request.betweenTensors().run();
        try (DecoderModel model =
                DecoderModel.load(base.directory(), checkpoint, ElementType.FLOAT32, request.device())) {
            return new Probe(request.probes(), model, model.noAdapter(), request.betweenTensors());
        }
    }

    private AnswerDifference compare(Path folder, Probe reference) throws IOException {
        request.betweenTensors().run();
        try (DecoderModel exported = DecoderModel.load(folder, ElementType.FLOAT32, request.device())) {
            return reference.against(exported);
        }
    }
}
