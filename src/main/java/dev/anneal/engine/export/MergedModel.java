package dev.anneal.engine.export;

import dev.anneal.engine.export.proof.AnswerDifference;
import dev.anneal.engine.export.proof.Probe;
import dev.anneal.engine.export.proof.Tolerance;
import dev.anneal.engine.export.weight.WeightRows;
import dev.anneal.engine.export.weight.WeightType;
import dev.anneal.engine.format.safetensors.WeightDirectory;
import dev.anneal.engine.network.architecture.ModelConfig;
import dev.anneal.engine.network.lora.MergeTally;
import dev.anneal.protocol.TrainingSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A Hugging Face directory of the trained model, and the proof that it answers as base and adapter do, or as the fp32
 * masters of a training of all weights. An adapter that was trained on a base in 4 bits is merged into, and compared
 * with, the weights that the base was quantised from. Both sides of the proof compute in fp32 with the weights of their
 * files, so it shows only the effects of merging and rounding.
 */
final class MergedModel {

    private final ExportedBase base;
    private final Trained trained;
    private final ExportInputs request;
    private final WeightType type;

    MergedModel(ExportedBase base, Trained trained, ExportInputs request) {
        this.base = base;
        this.trained = trained;
        this.request = request;
        this.type = WeightType.named(request.dtype());
    }

    /**
     * @return the proof, for the manifest
     */
    Map<String, @Nullable Object> write(Path folder, ExportParts parts) throws IOException {
        Map<String, @Nullable Object> proof = new LinkedHashMap<>();
        proof.put("beta", 0.0);
        if (trained.isOnNf4()) {
            proof.put("trained_base_precision", TrainingSettings.NF4);
            proof.put("compared_base_weights", "original");
        }
        request.betweenTensors().run();
        try (Probe.Side reference = trained.reference(base, request.device())) {
            writeWeights(folder, parts, proof);
            Tolerance tolerance = Tolerance.of(folder);
            AnswerDifference difference = compare(folder, reference);
            tolerance.describe(difference, request.probes().size(), proof);
            tolerance.require(difference, Tolerance.Subject.MODEL);
        }
        return proof;
    }

    private void writeWeights(Path folder, ExportParts parts, Map<String, @Nullable Object> proof) throws IOException {
        try (WeightDirectory weights = WeightDirectory.open(base.directory())) {
            ModelConfig config = base.mergeable(weights);
            try (WeightRows rows = trained.open(weights, config, request.betweenTensors())) {
                new MergedWeights(weights, rows, type, MergedWeights.BLOCK_BYTES)
                        .write(folder, parts, config.tiedEmbeddings(), request.shardBytes());
                CompanionFiles.copy(base.directory(), folder, type.torchName(), config.tiedEmbeddings());
                describe(rows, proof);
            }
        }
    }

    private static void describe(WeightRows rows, Map<String, @Nullable Object> proof) {
        rows.describe(proof);
        MergeTally tally = rows.tally();
        proof.put("unchanged_weight_fraction", tally.unchangedFraction());
        proof.put("max_abs_error", tally.maxError());
        proof.put("mean_abs_error", tally.meanError());
    }

    private AnswerDifference compare(Path folder, Probe.Side reference) throws IOException {
        try (Probe.Side merged = Probe.Side.of(folder, folder, request.device())) {
            return new Probe(request.probes(), request.betweenTensors()).between(reference, merged);
        }
    }
}
