package dev.anneal.fuzz;

import dev.anneal.engine.format.safetensors.SafetensorsException;
import dev.anneal.engine.network.architecture.Projections;
import dev.anneal.engine.network.lora.Adapter;
import dev.anneal.engine.network.lora.AdapterConfig;
import dev.anneal.engine.network.lora.AdapterFileException;
import dev.anneal.engine.network.lora.AnnealingSchedule;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.text.tokens.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.Assertions;

/** An adapter file is refused, or it is the adapter of a model. */
final class AdapterBody implements FuzzBody {

    private static final AdapterConfig CONFIG = AdapterConfig.of(
            1,
            1,
            false,
            0,
            "silu",
            AnnealingSchedule.none(),
            AdapterConfig.targetsNamed(List.of("q_proj"), Projections.SEPARATE));

    private final Path file;
    private final DecoderModel model;

    AdapterBody(Path scratch) throws IOException {
        file = scratch.resolve("adapter.safetensors");
        model = DecoderModel.load(Golden.folder("/golden/models/llama-tied"), ElementType.FLOAT32, "cpu");
    }

    @Override
    public void read(byte[] input) throws IOException {
        Files.write(file, input);
        try (Adapter adapter = Adapter.load(model, CONFIG, file)) {
            Assertions.assertThat(adapter.a().elements() + adapter.b().elements())
                    .isLessThanOrEqualTo(input.length);
        } catch (SafetensorsException | AdapterFileException refused) {
            Assertions.assertThat(refused).hasMessageContaining(file.toString());
        }
    }
}
