package dev.anneal.fuzz;

import dev.anneal.engine.format.safetensors.SafetensorsFile;
import dev.anneal.engine.network.architecture.ModelConfig;
import dev.anneal.engine.network.peft.ImportedAdapter;
import dev.anneal.engine.network.peft.PeftException;
import dev.anneal.engine.text.tokens.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.Assertions;

/** An archive is refused, or it is an adapter that the engine can begin with. */
final class PeftAdapterBody implements FuzzBody {

    private final Path scratch;
    private final ModelConfig model;

    PeftAdapterBody(Path scratch) throws IOException {
        this.scratch = scratch;
        this.model = ModelConfig.read(Golden.folder("/golden/models/llama-tied").resolve("config.json"));
    }

    @Override
    public void read(byte[] input) throws IOException {
        Path archive = Files.write(scratch.resolve("adapter.tar"), input);
        Path written = scratch.resolve("adapter.safetensors");
        try (ImportedAdapter adapter = ImportedAdapter.open(archive, model)) {
            Assertions.assertThat(adapter.config().rank()).isPositive();
            Assertions.assertThat(adapter.config().alpha()).isPositive().isFinite();
            Assertions.assertThat(adapter.config().dropout()).isBetween(0.0, 1.0);
            adapter.writeTo(written);
            try (SafetensorsFile file = SafetensorsFile.open(written)) {
                Assertions.assertThat(file.tensors())
                        .hasSize(2 * model.layers() * adapter.config().targets().size());
            }
        } catch (PeftException refused) {
            Assertions.assertThat(String.valueOf(refused.getMessage()))
                    .isNotBlank()
                    .doesNotContain(scratch.toString());
        }
    }
}
