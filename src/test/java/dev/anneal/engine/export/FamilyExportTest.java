package dev.anneal.engine.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.format.safetensors.WeightDirectory;
import dev.anneal.engine.network.generate.GoldenAnswers;
import dev.anneal.engine.network.lora.Adapter;
import dev.anneal.engine.network.model.AdapterDropout;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.torch.ElementType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Exports of every family answer as the reference's merged model, and hold the tensors that the base holds: biases,
 * head norms, tied or not.
 */
class FamilyExportTest {

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Path folder;

    /** In fp32, whatever the base holds: rounding would change near ties. */
    @ParameterizedTest
    @ValueSource(strings = {"llama-tied", "llama-untied-gqa", "llama3-rope", "mistral", "qwen2", "qwen3"})
    void mergedModelAnswersAsTheReference(String name) throws IOException {
        GoldenAnswers golden = GoldenAnswers.of(name);
        Path merged = folder.resolve("merged");
        fixture(golden).export("merged", "float32", merged);

        try (DecoderModel model = DecoderModel.load(merged, ElementType.FLOAT32, TestDevice.NAME);
                WeightDirectory base = WeightDirectory.open(golden.model());
                WeightDirectory written = WeightDirectory.open(merged)) {
            assertThat(golden.answers(model, model.noAdapter())).isEqualTo(golden.expected("merged"));
            assertThat(written.names()).containsExactlyInAnyOrderElementsOf(base.names());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama-tied", "llama-untied-gqa", "llama3-rope", "mistral", "qwen2", "qwen3"})
    void exportedAdapterAnswersOnItsBase(String name) throws IOException {
        GoldenAnswers golden = GoldenAnswers.of(name);
        Path exported = folder.resolve("adapter");
        fixture(golden).export("adapter", "base", exported);

        assertThat(Files.readString(exported.resolve("adapter_config.json"))).contains("\"r\": 4");
        try (DecoderModel model = DecoderModel.load(golden.model(), ElementType.FLOAT32, TestDevice.NAME);
                Adapter adapter =
                        Adapter.load(model, golden.adapterConfig(), exported.resolve("adapter_model.safetensors"))) {
            assertThat(golden.answers(model, adapter.apply(0, AdapterDropout.NONE)))
                    .isEqualTo(golden.expected("beta_0"));
        }
    }

    private static ExportFixture fixture(GoldenAnswers golden) {
        Trained adapter = ExportFixture.trained(golden.adapter(), golden.adapterConfig(), 0);
        return new ExportFixture(new ExportedBase(golden.name(), null, golden.model(), "abc"), adapter);
    }
}
