package dev.anneal.fuzz;

import dev.anneal.engine.format.safetensors.WeightDirectory;
import dev.anneal.engine.network.architecture.ModelConfig;
import dev.anneal.engine.network.architecture.ModelConfigException;
import dev.anneal.engine.text.tokens.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.Assertions;

/**
 * A configuration is refused, or its numbers can be computed with; and it fits the weights beside it, or is refused for
 * that.
 */
final class ModelConfigBody implements FuzzBody {

    private final Path file;
    private final WeightDirectory weights;

    ModelConfigBody(Path scratch) throws IOException {
        file = scratch.resolve("config.json");
        weights = WeightDirectory.open(Golden.folder("/golden/models/llama-tied"));
    }

    @Override
    public void read(byte[] input) throws IOException {
        Files.write(file, input);
        ModelConfig config;
        try {
            config = ModelConfig.read(file);
        } catch (ModelConfigException refused) {
            Assertions.assertThat(refused).hasMessageContaining(file.toString());
            return;
        }
        Assertions.assertThat(config.parameters()).isPositive();
        Assertions.assertThat(config.normEpsilon()).isPositive().isFinite();
        Assertions.assertThat(config.rotary().theta()).isPositive().isFinite();
        try {
            ModelConfig.read(file, weights);
        } catch (ModelConfigException refused) {
            Assertions.assertThat(refused).hasMessageContaining("llama-tied");
            return;
        }
        for (float frequency : config.rotary().inverseFrequencies(config.headSize())) {
            Assertions.assertThat(frequency).isBetween(0f, Float.MAX_VALUE);
        }
    }
}
