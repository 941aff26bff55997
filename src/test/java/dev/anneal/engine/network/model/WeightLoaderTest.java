package dev.anneal.engine.network.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.format.safetensors.WeightDirectory;
import dev.anneal.engine.network.architecture.ModelConfig;
import dev.anneal.engine.network.architecture.ModelConfigException;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.TensorScope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Weights are read in blocks, after their headers were found to fit the configuration. */
class WeightLoaderTest {

    private static final Path BASE = GoldenTensors.path("models/llama-tied");

    @Test
    void aCheckpointThatDoesNotFitItsConfigurationIsRefused(@TempDir Path folder) throws IOException {
        Files.copy(BASE.resolve("model.safetensors"), folder.resolve("model.safetensors"));
        String config = Files.readString(BASE.resolve("config.json"));
        Files.writeString(
                folder.resolve("config.json"),
                config.replace("\"intermediate_size\": 160", "\"intermediate_size\": 176"));

        assertThatThrownBy(() -> DecoderModel.load(folder, ElementType.FLOAT32, TestDevice.NAME))
                .isInstanceOf(ModelConfigException.class)
                .hasMessageContaining("must have the shape [176, 64] by config.json but has [160, 64]");
    }

    @Test
    void aTensorLargerThanABlockIsTheSame() throws IOException {
        ModelConfig config = ModelConfig.read(BASE.resolve("config.json"));
        try (TensorScope scope = TensorScope.open(TestDevice.NAME);
                WeightDirectory files = WeightDirectory.open(BASE)) {
            DecoderProgram program = new DecoderProgram(scope, config);
            List<DecoderTensors> loaded = new ArrayList<>();
            for (int blockBytes : new int[] {WeightLoader.BLOCK_BYTES, 1000}) {
                loaded.add(new WeightLoader(files, config, program, scope, ElementType.FLOAT32, blockBytes).load());
            }
            assertThat(loaded.get(1).embedding().toFloats())
                    .isEqualTo(loaded.get(0).embedding().toFloats());
            for (int layer = 0; layer < config.layers(); layer++) {
                for (int i = 0; i < loaded.get(0).layers().get(layer).size(); i++) {
                    assertThat(loaded.get(1).layers().get(layer).get(i).toFloats())
                            .isEqualTo(loaded.get(0).layers().get(layer).get(i).toFloats());
                }
            }
        }
    }
}
