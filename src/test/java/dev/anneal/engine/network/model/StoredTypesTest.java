package dev.anneal.engine.network.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.format.safetensors.Dtype;
import dev.anneal.engine.format.safetensors.SafetensorsWriter;
import dev.anneal.engine.format.safetensors.TensorData;
import dev.anneal.engine.format.safetensors.TensorsInMemory;
import dev.anneal.engine.format.safetensors.WeightDirectory;
import dev.anneal.engine.network.objective.TokenRows;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Weights of 16 bits in two shards are the model whose fp32 weights in one file have the same values. */
class StoredTypesTest {

    private static final List<String> SHARDS =
            List.of("model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors");

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"qwen3, F16, FLOAT16", "qwen3, BF16, BFLOAT16", "qwen2, F16, FLOAT16", "mistral, F16, FLOAT16"})
    void storedTypesAndShardsChangeNothing(String name, Dtype stored, ElementType type) throws IOException {
        Path original = GoldenTensors.path("models/" + name);
        List<TensorData> narrow = new ArrayList<>();
        List<TensorData> wide = new ArrayList<>();
        try (WeightDirectory files = WeightDirectory.open(original);
                TensorScope scope = TensorScope.open(TestDevice.NAME)) {
            for (String tensor : files.names()) {
                List<Long> shape = files.entry(tensor).shape();
                ElementType own = files.entry(tensor).dtype() == Dtype.F32 ? ElementType.FLOAT32 : ElementType.BFLOAT16;
                Tensor values = scope.ofBytes(
                                files.fileOf(tensor).bytes(tensor),
                                own,
                                shape.stream().mapToLong(Long::longValue).toArray())
                        .to(scope, type);
                narrow.add(TensorData.of(tensor, stored, shape, values.toBytes()));
                wide.add(TensorsInMemory.ofFloats(
                        tensor, shape, values.to(scope, ElementType.FLOAT32).toFloats()));
            }
        }
        Path whole = Files.createDirectory(folder.resolve("whole"));
        Path shards = Files.createDirectory(folder.resolve("shards"));
        SafetensorsWriter.write(whole.resolve("model.safetensors"), wide);
        writeShards(shards, narrow);
        Files.copy(original.resolve("config.json"), whole.resolve("config.json"));
        Files.copy(original.resolve("config.json"), shards.resolve("config.json"));

        assertThat(logits(shards)).isEqualTo(logits(whole));
    }

    /** Neighbours, such as a weight and its bias, lie in different files. */
    private static void writeShards(Path directory, List<TensorData> tensors) throws IOException {
        for (int shard = 0; shard < 2; shard++) {
            int own = shard;
            SafetensorsWriter.write(
                    directory.resolve(SHARDS.get(shard)),
                    IntStream.range(0, tensors.size())
                            .filter(i -> i % 2 == own)
                            .mapToObj(tensors::get)
                            .toList());
        }
        String map = IntStream.range(0, tensors.size())
                .mapToObj(i -> "\"%s\": \"%s\"".formatted(tensors.get(i).name(), SHARDS.get(i % 2)))
                .collect(Collectors.joining(", "));
        Files.writeString(directory.resolve("model.safetensors.index.json"), "{\"weight_map\": {" + map + "}}");
    }

    private static float[] logits(Path directory) throws IOException {
        TokenRows rows = TokenRows.of(List.of(new int[] {5, 6, 7, 80, 9, 10, 11, 120, 13, 14, 15}, new int[] {3, 4}));
        try (DecoderModel model = DecoderModel.load(directory, ElementType.FLOAT32, TestDevice.NAME)) {
            return Logits.of(model, rows, model.noAdapter());
        }
    }
}
