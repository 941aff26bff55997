package dev.anneal.engine.export;

import dev.anneal.engine.export.llamacpp.Family;
import dev.anneal.engine.export.llamacpp.ModelKeys;
import dev.anneal.engine.export.llamacpp.TensorPlace;
import dev.anneal.engine.export.llamacpp.TokenizerKeys;
import dev.anneal.engine.export.weight.ExportException;
import dev.anneal.engine.export.weight.WeightRows;
import dev.anneal.engine.format.gguf.GgufTensor;
import dev.anneal.engine.format.gguf.GgufWriter;
import dev.anneal.engine.format.gguf.Metadata;
import dev.anneal.engine.format.gguf.TensorType;
import dev.anneal.engine.format.safetensors.RowBlock;
import dev.anneal.engine.format.safetensors.TensorEntry;
import dev.anneal.engine.format.safetensors.WeightDirectory;
import dev.anneal.engine.network.architecture.ModelConfig;
import dev.anneal.engine.network.architecture.RotaryScaling;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.text.data.ChatEncoder;
import dev.anneal.engine.text.tokens.ModelTokenizer;
import dev.anneal.engine.text.tokens.Vocabulary;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One file of the merged model with its tokenizer and chat template, for llama.cpp and software based on it. */
final class GgufModel {

    private final ExportedBase base;
    private final Trained trained;
    private final Runnable betweenTensors;
    private final GgufType type;

    GgufModel(ExportedBase base, Trained trained, ExportInputs request) {
        this.base = base;
        this.trained = trained;
        this.betweenTensors = request.betweenTensors();
        this.type = GgufType.named(request.dtype());
    }

    /**
     * @return the proof, for the manifest
     */
    Map<String, @Nullable Object> write(Path folder, ExportParts parts) throws IOException {
        try (WeightDirectory weights = WeightDirectory.open(base.directory())) {
            return write(folder, parts, weights, base.mergeable(weights));
        }
    }

    private Map<String, @Nullable Object> write(
            Path folder, ExportParts parts, WeightDirectory weights, ModelConfig config) throws IOException {
        Family family = Family.of(config).orElseThrow(() -> unsupported(otherFamily(config)));
        Metadata metadata = general(family, config);
        List<String> warnings = new ArrayList<>(ModelKeys.put(metadata, family, config));
        warnings.addAll(tokenizer(config).put(metadata));
        Map<String, @Nullable Object> proof = new LinkedHashMap<>();
        proof.put("beta", 0.0);
        proof.put("delta_dtype", "float32");
        try (WeightRows rows = trained.open(weights, config, betweenTensors)) {
            writeTensors(folder, parts, metadata, tensors(weights, family, config, rows), rows, proof);
        }
        proof.put("warnings", warnings);
        CompanionFiles.copyLicense(base.directory(), folder);
        return proof;
    }

    /** Such as {@code SmolLM2-135M-Instruct-F16.gguf}. */
    private String fileName() {
        return name() + "-" + type.name() + ".gguf";
    }

    private String name() {
        return base.id().substring(base.id().lastIndexOf('/') + 1);
    }

    private Metadata general(Family family, ModelConfig config) {
        Metadata metadata = new Metadata()
                .text("general.architecture", family.architecture())
                .text("general.type", "model")
                .text("general.name", name())
                .text("general.size_label", sizeLabel(config.parameters()))
                .count("general.base_model.count", 1)
                .text("general.base_model.0.name", name());
        if (base.id().contains("/")) {
            metadata.text(
                    "general.base_model.0.organization",
                    base.id().substring(0, base.id().indexOf('/')));
        }
        return metadata.count("general.file_type", type.fileType()).count("general.quantization_version", 2);
    }

    /** Such as {@code 135M} or {@code 1.2B}. */
    private static String sizeLabel(long parameters) {
        if (parameters >= 1_000_000_000) {
            return Math.round(parameters / 1e8) / 10.0 + "B";
        }
        return parameters >= 1_000_000 ? Math.round(parameters / 1e6) + "M" : Math.round(parameters / 1e3) + "K";
    }

    private TokenizerKeys tokenizer(ModelConfig config) {
        Vocabulary vocabulary = Vocabulary.read(base.directory());
        TokenizerKeys keys = new TokenizerKeys(vocabulary, config.vocabularySize(), endOfTurn(vocabulary));
        keys.obstacle().ifPresent(obstacle -> {
            throw unsupported(obstacle);
        });
        return keys;
    }

    private @Nullable Integer endOfTurn(Vocabulary vocabulary) {
        if (vocabulary.chatTemplates().isEmpty()) {
            return null;
        }
        try (ModelTokenizer tokenizer = ModelTokenizer.open(base.directory())) {
            return ChatEncoder.of(tokenizer, Instant.EPOCH).endOfTurn();
        }
    }

    private void writeTensors(
            Path folder,
            ExportParts parts,
            Metadata metadata,
            List<GgufTensor> tensors,
            WeightRows rows,
            Map<String, @Nullable Object> proof)
            throws IOException {
        Path file = folder.resolve(fileName());
        ExportParts.Part part = new ExportParts.Part(fileName(), CompanionFiles.fingerprint(base.directory()));
        ExportParts.@Nullable Receipt receipt = parts.keep(List.of(part)).get(part.name());
        if (receipt == null) {
            GgufWriter.write(file, metadata, tensors);
            parts.made(part, rows.account());
        } else {
            rows.add(receipt.account());
        }
        rows.describe(proof);
        GgufProof.require(file, tensors, proof);
    }

    private List<GgufTensor> tensors(WeightDirectory weights, Family family, ModelConfig config, WeightRows rows) {
        List<GgufTensor> tensors = new ArrayList<>();
        if (config.rotary().scaling() instanceof RotaryScaling.Llama3) {
            float[] factors = ModelKeys.rotaryFactors(config);
            tensors.add(new GgufTensor(
                    TensorPlace.ROTARY_FACTORS,
                    TensorType.F32,
                    List.of((long) factors.length),
                    numbers -> numbers.write(factors)));
        }
        for (String name : weights.names()) {
            TensorPlace.of(name, family, config)
                    .ifPresent(place -> tensors.add(tensor(weights.entry(name), place, rows)));
        }
        return tensors;
    }

    /** A tensor of the base model, merged if it is a target; in fp32 until it is written. */
    private GgufTensor tensor(TensorEntry entry, TensorPlace place, WeightRows rows) {
        int columns =
                entry.shape().size() == 1 ? 1 : Math.toIntExact(entry.shape().get(1));
        List<RowBlock> blocks = RowBlock.of(entry, MergedWeights.BLOCK_BYTES, Math.max(1, place.headRows()));
        return new GgufTensor(
                place.name(),
                type.of(entry.shape()),
                entry.shape(),
                numbers -> rows.forEach(
                        entry,
                        ElementType.FLOAT32,
                        blocks,
                        block -> numbers.write(place.stored(block.toFloats(), columns))));
    }

    private static String otherFamily(ModelConfig config) {
        String found = config.architecture().className()
                + (config.biased().isEmpty() ? "" : " with biases in " + config.biased());
        return "GGUF is written for Llama, Mistral and Qwen2, and for Qwen3, SmolLM3, Granite, Seed-OSS, Gemma, OLMo"
                + " and EXAONE 4 with the biases, layers and scales that llama.cpp computes, and this is " + found;
    }

    private static ExportException unsupported(String reason) {
        return new ExportException(
                ExportException.Code.UNSUPPORTED_BY_FORMAT,
                "a GGUF file cannot hold this model: " + reason + ". Export kind 'merged' instead");
    }
}
