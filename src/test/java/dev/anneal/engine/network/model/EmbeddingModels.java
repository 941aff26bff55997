package dev.anneal.engine.network.model;

import dev.anneal.engine.format.safetensors.SafetensorsWriter;
import dev.anneal.engine.format.safetensors.TensorData;
import dev.anneal.engine.format.safetensors.TensorsInMemory;
import dev.anneal.engine.format.safetensors.WeightDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The models of {@code golden/embeddings/make.py}. */
public final class EmbeddingModels {

    public static final String GOLDEN = "embeddings/stored-head.safetensors";

    private static final String HEAD = "lm_head.weight";
    private static final String EMBEDDING = "model.embed_tokens.weight";

    private EmbeddingModels() {}

    /** A model by its name in {@code runs.json}, in a folder that does not exist yet. */
    public static Path of(String name, Path folder) throws IOException {
        return switch (name) {
            case "stored-head" -> withHead(GoldenTensors.floats(GOLDEN, HEAD), folder);
            case "stored-copy" ->
                withHead(GoldenTensors.floats("models/llama-tied/model.safetensors", EMBEDDING), folder);
            default -> copy(GoldenTensors.path("models/" + name), folder);
        };
    }

    /** llama-tied, which says {@code tie_word_embeddings}, with an output embedding stored beside that. */
    private static Path withHead(float[] head, Path folder) throws IOException {
        copy(GoldenTensors.path("models/llama-tied"), folder);
        List<TensorData> tensors = new ArrayList<>();
        try (WeightDirectory weights = WeightDirectory.open(GoldenTensors.path("models/llama-tied"))) {
            for (String name : weights.names()) {
                tensors.add(TensorData.of(
                        name,
                        weights.entry(name).dtype(),
                        weights.entry(name).shape(),
                        weights.fileOf(name).bytes(name)));
            }
            tensors.add(TensorsInMemory.ofFloats(HEAD, weights.entry(EMBEDDING).shape(), head));
            Files.delete(folder.resolve("model.safetensors"));
            SafetensorsWriter.write(folder.resolve("model.safetensors"), tensors);
        }
        return folder;
    }

    private static Path copy(Path model, Path folder) throws IOException {
        Files.createDirectory(folder);
        try (Stream<Path> files = Files.list(model)) {
            for (Path file : files.toList()) {
                Files.copy(file, folder.resolve(file.getFileName()));
            }
        }
        return folder;
    }

    /** Says in a model's configuration which token pads. */
    public static void pad(Path folder, int token) throws IOException {
        Path config = folder.resolve("config.json");
        String padded = Files.readString(config)
                .replaceFirst("\"pad_token_id\": \\S+,", String.format(Locale.ROOT, "\"pad_token_id\": %d,", token));
        Files.writeString(config, padded);
    }
}
