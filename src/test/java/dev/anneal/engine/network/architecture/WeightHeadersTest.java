package dev.anneal.engine.network.architecture;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anneal.engine.format.safetensors.Dtype;
import dev.anneal.engine.format.safetensors.SafetensorsFile;
import dev.anneal.engine.format.safetensors.SafetensorsWriter;
import dev.anneal.engine.format.safetensors.TensorData;
import dev.anneal.engine.format.safetensors.TensorsInMemory;
import dev.anneal.engine.format.safetensors.WeightDirectory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A checkpoint that does not fit its configuration is refused with the tensor, what must hold and what was found. */
class WeightHeadersTest {

    private static final Path BASE = Path.of("src/test/resources/golden/models/llama-tied");
    private static final String DOWN = "model.layers.1.mlp.down_proj.weight";

    @TempDir
    Path folder;

    @Test
    void aMissingTensorIsNamed() throws IOException {
        write(tensor -> tensor.name().equals(DOWN) ? renamed(tensor, "model.layers.1.mlp.down.weight") : tensor);

        assertRefused("the weights have no tensor '" + DOWN + "'");
    }

    @Test
    void aWrongShapeIsNamed() throws IOException {
        write(tensor -> tensor.name().equals(DOWN) ? shaped(tensor, List.of(160L, 64L)) : tensor);

        assertRefused("tensor '" + DOWN + "' must have the shape [64, 160] by config.json but has [160, 64]");
    }

    @Test
    void aTypeThatIsNoWeightIsNamed() throws IOException {
        write(tensor -> tensor.name().equals("model.norm.weight")
                ? TensorData.of(tensor.name(), Dtype.I64, tensor.shape(), ByteBuffer.allocate(64 * 8))
                : tensor);

        assertRefused("tensor 'model.norm.weight' is of type I64; weights may be F32, BF16 or F16");
    }

    @Test
    void aTensorThatNobodyComputesWithIsRefused() throws IOException {
        List<TensorData> tensors = tensors();
        tensors.add(TensorsInMemory.ofFloats("model.layers.0.self_attn.q_proj.bias", List.of(64L), new float[64]));
        write(tensors);

        assertRefused("tensor 'model.layers.0.self_attn.q_proj.bias' has no place in LlamaForCausalLM"
                + " as this engine computes it");
    }

    // #17
    @Test
    void aStoredOutputEmbeddingOfOtherNumbersIsTheModelsOwn() throws IOException {
        List<TensorData> tensors = tensors();
        tensors.add(TensorsInMemory.ofFloats("lm_head.weight", List.of(320L, 64L), new float[320 * 64]));
        write(tensors);

        assertThat(check().tiedEmbeddings()).isFalse();
        assertThat(check().parameters())
                .isEqualTo(ModelConfig.read(folder.resolve("config.json")).parameters() + 320 * 64);
    }

    @Test
    void aStoredCopyOfTiedEmbeddingsIsHarmless() throws IOException {
        List<TensorData> tensors = tensors();
        tensors.add(renamed(
                tensors.stream()
                        .filter(tensor -> tensor.name().equals("model.embed_tokens.weight"))
                        .findFirst()
                        .orElseThrow(),
                "lm_head.weight"));
        write(tensors);

        assertThat(check().tiedEmbeddings()).isTrue();
    }

    @Test
    void aStoredOutputEmbeddingOfAnotherShapeIsNamed() throws IOException {
        List<TensorData> tensors = tensors();
        tensors.add(TensorsInMemory.ofFloats("lm_head.weight", List.of(321L, 64L), new float[321 * 64]));
        write(tensors);

        assertRefused("tensor 'lm_head.weight' must have the shape [320, 64] by config.json but has [321, 64]");
    }

    private void assertRefused(String message) {
        assertThatThrownBy(this::check).isInstanceOf(ModelConfigException.class).hasMessage(folder + ": " + message);
    }

    private ModelConfig check() throws IOException {
        try (WeightDirectory files = WeightDirectory.open(folder)) {
            return ModelConfig.read(folder.resolve("config.json"), files);
        }
    }

    private void write(UnaryOperator<TensorData> change) throws IOException {
        write(tensors().stream().map(change).toList());
    }

    private void write(List<TensorData> tensors) throws IOException {
        SafetensorsWriter.write(folder.resolve("model.safetensors"), tensors);
        Files.writeString(folder.resolve("config.json"), Files.readString(BASE.resolve("config.json"), UTF_8));
    }

    private static List<TensorData> tensors() throws IOException {
        List<TensorData> tensors = new ArrayList<>();
        try (SafetensorsFile file = SafetensorsFile.open(BASE.resolve("model.safetensors"))) {
            for (String name : file.tensors().keySet()) {
                tensors.add(TensorData.of(name, Dtype.F32, file.entry(name).shape(), file.bytes(name)));
            }
        }
        return tensors;
    }

    private static TensorData renamed(TensorData tensor, String name) {
        return new TensorData(name, tensor.dtype(), tensor.shape(), tensor.content());
    }

    private static TensorData shaped(TensorData tensor, List<Long> shape) {
        return new TensorData(tensor.name(), tensor.dtype(), shape, tensor.content());
    }
}
