package dev.anneal.engine.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.format.safetensors.SafetensorsFile;
import dev.anneal.engine.format.safetensors.WeightDirectory;
import dev.anneal.engine.network.architecture.ModelConfig;
import dev.anneal.engine.network.model.GoldenTensors;
import dev.anneal.engine.network.peft.ImportedAdapter;
import dev.anneal.engine.network.peft.TarOf;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * An adapter of a multimodal model's language model leaves with the names that transformers and PEFT have for it, and
 * the other parts leave as they are.
 */
class MultimodalExportTest {

    private static final String VISION = "vision_tower.";

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"gemma3-multimodal-0", "mistral3-multimodal-0"})
    void mergedModelHoldsAllParts(String name) throws IOException {
        Path merged = folder.resolve("merged");
        Path base = GoldenTensors.path("families/" + name);

        fixture(base).export(request("merged", "base"), merged);

        try (SafetensorsFile before = SafetensorsFile.open(base.resolve(WeightDirectory.SINGLE_FILE));
                SafetensorsFile after = SafetensorsFile.open(merged.resolve(WeightDirectory.SINGLE_FILE))) {
            assertThat(after.tensors().keySet())
                    .containsExactlyInAnyOrderElementsOf(before.tensors().keySet());
            List<String> ofOtherParts = before.tensors().keySet().stream()
                    .filter(tensor -> !tensor.startsWith("language_model."))
                    .toList();
            assertThat(ofOtherParts).anyMatch(tensor -> tensor.startsWith(VISION));
            for (String tensor : ofOtherParts) {
                assertThat(after.bytes(tensor)).as(tensor).isEqualTo(before.bytes(tensor));
            }
            assertThat(after.bytes("language_model.model.layers.0.mlp.up_proj.weight"))
                    .isNotEqualTo(before.bytes("language_model.model.layers.0.mlp.up_proj.weight"));
        }
        assertThat(merged.resolve("config.json")).hasSameTextualContentAs(base.resolve("config.json"));
    }

    /** Its proof is that it answers as base and adapter do, but for rounding. */
    @ParameterizedTest
    @ValueSource(strings = {"gemma3-multimodal-1", "mistral3-multimodal-1"})
    void allPartsAreConverted(String name) throws IOException {
        Path merged = folder.resolve("merged");

        fixture(GoldenTensors.path("families/" + name)).export(request("merged", "bfloat16"), merged);

        try (SafetensorsFile after = SafetensorsFile.open(merged.resolve(WeightDirectory.SINGLE_FILE))) {
            assertThat(after.tensors().values().stream()
                            .map(tensor -> tensor.dtype().name())
                            .distinct())
                    .containsExactly("BF16");
        }
        JsonNode config = JsonMapper.shared().readTree(Files.readString(merged.resolve("config.json")));
        assertThat(config.findValuesAsString("dtype")).isNotEmpty().containsOnly("bfloat16");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gemma3-multimodal-0", "mistral3-multimodal-1"})
    void adapterIsReadAgain(String name) throws IOException {
        Path exported = folder.resolve("adapter");
        Path base = GoldenTensors.path("families/" + name);
        ExportFixture fixture = fixture(base);

        fixture.export(request("adapter", "base"), exported);

        JsonNode settings = JsonMapper.shared().readTree(Files.readString(exported.resolve("adapter_config.json")));
        Pattern targets = Pattern.compile(settings.path("target_modules").asString());
        assertThat("model.language_model.layers.0.self_attn.q_proj").matches(targets);
        assertThat("model.language_model.layers.11.mlp.down_proj").matches(targets);
        assertThat("model.vision_tower.vision_model.encoder.layers.0.self_attn.q_proj")
                .doesNotMatch(targets);
        byte[] archive = new TarOf()
                .file("adapter_config.json", Files.readAllBytes(exported.resolve("adapter_config.json")))
                .file("adapter_model.safetensors", Files.readAllBytes(exported.resolve("adapter_model.safetensors")))
                .toBytes();
        Path again = folder.resolve("again.safetensors");
        try (ImportedAdapter adapter = ImportedAdapter.open(
                Files.write(folder.resolve("adapter.tar"), archive), ModelConfig.read(base.resolve("config.json")))) {
            adapter.writeTo(again);
        }
        assertThat(numbers(again)).isEqualTo(numbers(fixture.adapter().weights()));
        assertThat(numbers(exported.resolve("adapter_model.safetensors")).keySet())
                .allMatch(tensor -> tensor.startsWith("base_model.model.model.language_model.layers."));
    }

    private static Map<String, ByteBuffer> numbers(Path file) throws IOException {
        Map<String, ByteBuffer> numbers = new HashMap<>();
        try (SafetensorsFile tensors = SafetensorsFile.open(file)) {
            for (String name : tensors.tensors().keySet()) {
                numbers.put(name, tensors.bytes(name));
            }
        }
        return numbers;
    }

    private ExportFixture fixture(Path base) throws IOException {
        ExportedBase model = new ExportedBase("multimodal", null, base, "abc");
        return ExportFixture.withRandomAdapter(model, 5, folder.resolve("random.safetensors"));
    }

    /** With probes of tokens that the small models have. */
    private static ExportInputs request(String kind, String dtype) {
        return new ExportInputs(
                "ftexp-1",
                kind,
                dtype,
                null,
                ExportFixture.TRAINING,
                List.of(new int[] {1, 5, 9, 20, 31}, new int[] {7, 8, 8, 30}),
                TestDevice.NAME,
                5_000_000_000L,
                () -> {},
                event -> {});
    }
}
