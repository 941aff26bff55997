package dev.anneal.engine.network.draft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anneal.engine.format.safetensors.SafetensorsFile;
import dev.anneal.engine.format.safetensors.SafetensorsWriter;
import dev.anneal.engine.format.safetensors.TensorData;
import dev.anneal.engine.format.safetensors.TensorsInMemory;
import dev.anneal.engine.network.architecture.ModelConfigException;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.model.GoldenTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Folders of Speculators' format, and what of them is refused. */
class EagleConfigTest {

    private static final Path STORED = GoldenTensors.path("draft3/tau/eagle3");

    @TempDir
    Path folder;

    @Test
    void speculatorsConfigIsRead() throws IOException {
        EagleConfig config = EagleConfig.read(STORED.resolve("config.json"));

        assertThat(config.kind()).isEqualTo(EagleConfig.Version.EAGLE3);
        assertThat(config.streams()).containsExactly(1, 2, 3);
        assertThat(config.draftVocabulary()).isEqualTo(61);
        assertThat(config.attentionInputSize()).isEqualTo(64);
        assertThat(config.layer().windows()).containsExactly(0);
        assertThat(config.switches())
                .containsExactlyInAnyOrder(
                        EagleSwitch.NORM_BEFORE_RESIDUAL, EagleSwitch.NORM_BEFORE_FC, EagleSwitch.NORM_OUTPUT);
    }

    @Test
    void aLlamaLayerMayHaveAWindow() throws IOException {
        assertThat(changed("\"num_hidden_layers\": 1", """
                        "num_hidden_layers": 1, "sliding_window": 7, "use_sliding_window": true,
                        "layer_types": ["sliding_attention"]""").layer().windows()).containsExactly(7);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            "speculators_model_type": "eagle3"  | "speculators_model_type": "eagle"  | must be "eagle3", found "eagle"
            "num_hidden_layers": 1              | "num_hidden_layers": 2             | has 2 layers
            "model_type": "llama"               | "model_type": "gemma"              | supported: llama, qwen3
            "fc_norm": false                    | "fc_norm": true                    | exclude each other
            "target_hidden_size": null          | "target_hidden_size": 64           | is 64; this engine runs drafts of their target's width only
            "draft_vocab_size": 61              | "draft_vocab_size": 98             | a draft of 98 tokens
            """)
    void whatTheEngineDoesNotRunIsRefusedByName(String before, String after, String message) {
        assertThatThrownBy(() -> changed(before, after))
                .isInstanceOf(ModelConfigException.class)
                .hasMessageContaining(message);
    }

    private EagleConfig changed(String before, String after) throws IOException {
        String config = Files.readString(STORED.resolve("config.json"));
        assertThat(config).contains(before);
        Path file = folder.resolve("config.json");
        Files.writeString(file, config.replace(before, after));
        return EagleConfig.read(file);
    }

    @ParameterizedTest
    @CsvSource({
        "d2t, has no tensor 'd2t'",
        "norm.weight, have no tensor 'norm.weight'",
        "layers.0.hidden_norm.weight, have no tensor 'layers.0.hidden_norm.weight'"
    })
    void missingTensorsAreRefused(String missing, String message) throws IOException {
        writeWithout(missing, List.of());

        assertThatThrownBy(this::load).isInstanceOf(ModelConfigException.class).hasMessageContaining(message);
    }

    @Test
    void unknownTensorsAreRefused() throws IOException {
        writeWithout(
                "t2d", List.of(TensorsInMemory.ofFloats("layers.1.hidden_norm.weight", List.of(1L), new float[1])));

        assertThatThrownBy(this::load).hasMessageContaining("'layers.1.hidden_norm.weight' has no place");
    }

    @Test
    void theTargetsEmbeddingReplacesAMissingOne() throws IOException {
        writeWithout("embed_tokens.weight", List.of());

        load();
    }

    @Test
    void headsOfOtherTargetsAreRefused() throws IOException {
        try (DecoderModel other = GoldenEagle1.target()) {
            assertThatThrownBy(() -> EagleHead.load(STORED, EagleConfig.read(STORED.resolve("config.json")), other))
                    .isInstanceOf(ModelConfigException.class)
                    .hasMessageContaining("its target has width 64 and 320 tokens");
        }
    }

    private void load() throws IOException {
        try (DecoderModel target = GoldenEagle3.target()) {
            EagleHead.load(folder, EagleConfig.read(STORED.resolve("config.json")), target)
                    .close();
        }
    }

    private void writeWithout(String missing, List<TensorData> more) throws IOException {
        try (SafetensorsFile file = SafetensorsFile.open(STORED.resolve("model.safetensors"))) {
            List<TensorData> tensors = new ArrayList<>(more);
            for (var entry : file.tensors().values()) {
                if (!entry.name().equals(missing)) {
                    tensors.add(TensorData.of(entry.name(), entry.dtype(), entry.shape(), file.bytes(entry.name())));
                }
            }
            SafetensorsWriter.write(folder.resolve("model.safetensors"), tensors);
        }
    }
}
