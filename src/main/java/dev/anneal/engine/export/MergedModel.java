package dev.anneal.engine.export;

import dev.anneal.engine.architecture.ModelConfig;
import dev.anneal.engine.lora.Adapter;
import dev.anneal.engine.lora.MergeTally;
import dev.anneal.engine.model.AdapterDropout;
import dev.anneal.engine.model.DecoderModel;
import dev.anneal.engine.safetensors.WeightDirectory;
import dev.anneal.engine.torch.ElementType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A Hugging Face directory of the base model with the adapter folded in, and the proof that it answers as base and adapter do. Both sides of the
 * proof compute in fp32 with the weights that their files hold, so it shows what merging and rounding did and nothing else.
 */
final class MergedModel implements Kind {

    private final BaseModel base;
    private final TrainedAdapter adapter;
    private final WeightType type;
    private final List<int[]> probes;
    private final String device;
    private final Runnable betweenTensors;

    MergedModel(
            BaseModel base,
            TrainedAdapter adapter,
            WeightType type,
            List<int[]> probes,
            String device,
            Runnable betweenTensors) {
        this.base = base;
        this.adapter = adapter;
        this.type = type;
        this.probes = probes;
        this.device = device;
        this.betweenTensors = betweenTensors;
    }

    @Override
    public String wireName() {
        return "merged";
    }

    @Override
    public boolean needsAnnealedAdapter() {
        return true;
    }

    @Override
    public Map<String, @Nullable Object> write(Path folder) throws IOException {
        ModelConfig config = ModelConfig.read(base.directory().resolve(CompanionFiles.CONFIG));
        Map<String, @Nullable Object> proof = new LinkedHashMap<>();
        proof.put("beta", adapter.beta());
        proof.put("delta_dtype", "float32");
        try (Probe reference = reference()) {
            merge(folder, config, proof);
            Tolerance tolerance = Tolerance.of(folder);
            AnswerDifference difference = compare(folder, reference);
            tolerance.describe(difference, probes.size(), proof);
            tolerance.require(difference);
        }
        return proof;
    }

    private void merge(Path folder, ModelConfig config, Map<String, @Nullable Object> proof) throws IOException {
        try (WeightDirectory weights = WeightDirectory.open(base.directory());
                AdapterTensors tensors = AdapterTensors.open(adapter.file(), adapter.config(), config)) {
            tensors.requireTargetsIn(weights);
            CompanionFiles.copy(base.directory(), folder, type.torchName());
            MergedRows rows = new MergedRows(weights, tensors, adapter.config().scale(), betweenTensors);
            new MergedWeights(rows, type).write(folder, config.tiedEmbeddings(), ShardPlan.Sizes.USUAL);
            describe(rows, proof);
        }
    }

    private static void describe(MergedRows rows, Map<String, @Nullable Object> proof) {
        rows.describe(proof);
        MergeTally tally = rows.tally();
        proof.put("unchanged_weight_fraction", tally.unchangedFraction());
        proof.put("max_abs_error", tally.maxError());
        proof.put("mean_abs_error", tally.meanError());
    }

    private AnswerDifference compare(Path folder, Probe reference) throws IOException {
        betweenTensors.run();
        try (DecoderModel merged = DecoderModel.load(folder, ElementType.FLOAT32, device)) {
            return reference.against(merged);
        }
    }

    /** Loading it checks base model and adapter completely, before anything is written. */
    private Probe reference() throws IOException {
        betweenTensors.run();
        try (DecoderModel model = DecoderModel.load(base.directory(), ElementType.FLOAT32, device);
                Adapter loaded = Adapter.load(model, adapter.config(), adapter.file())) {
            return new Probe(probes, model, loaded.apply(0, AdapterDropout.NONE), betweenTensors);
        }
    }
}
