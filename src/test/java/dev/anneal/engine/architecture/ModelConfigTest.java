package dev.anneal.engine.architecture;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Configurations of old and new transformers mean the same; what would change the maths unseen is refused by name. */
class ModelConfigTest {

    private static final Path MODELS = Path.of("src/test/resources/golden/models");

    @TempDir
    Path folder;

    @Test
    void bothStylesGiveTheSameModel() throws IOException {
        ModelConfig now = ModelConfig.read(MODELS.resolve("llama-untied-gqa/config.json"));
        ModelConfig before = ModelConfig.read(MODELS.resolve("llama-untied-gqa/config.old-style.json"));

        assertThat(before).isEqualTo(now);
        assertThat(now.headSize()).isEqualTo(8);
        assertThat(now.keyValueHeads()).isEqualTo(2);
        assertThat(now.rotary().theta()).isEqualTo(500_000);
    }

    @Test
    void llama3ScalingIsRead() throws IOException {
        ModelConfig config = ModelConfig.read(MODELS.resolve("llama3-rope/config.json"));

        assertThat(config.rotary().llama3()).isEqualTo(new RotaryConfig.Llama3Scaling(8, 1, 4, 64));
        assertThat(config.tiedEmbeddings()).isTrue();
        assertThat(config.parameters()).isEqualTo(106_816);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"LlamaForCausalLM\" | \"GPT2LMHeadModel\" | architecture GPT2LMHeadModel is not supported; supported: LlamaForCausalLM",
                "\"attention_bias\": false | \"attention_bias\": true | 'attention_bias' is true; this engine supports false only",
                "\"hidden_act\": \"silu\" | \"hidden_act\": \"gelu\" | 'hidden_act' is \"gelu\"; this engine supports silu only",
                "\"vocab_size\": 320 | \"sliding_window\": 8, \"vocab_size\": 320 | 'sliding_window' is 8; this engine supports none only",
                "\"pretraining_tp\": 1 | \"pretraining_tp\": 2 | 'pretraining_tp' is 2; this engine supports 1.0 only",
                "\"rope_type\": \"default\" | \"rope_type\": \"yarn\" | rope type 'yarn' is not supported; supported: default, llama3",
                "\"vocab_size\": 320 | \"vocab_size\": \"many\" | 'vocab_size' must be a positive integer, found \"many\"",
                "\"rms_norm_eps\": 1e-05 | \"rms_norm_eps\": 0 | 'rms_norm_eps' must be a positive number, found 0",
                "\"num_key_value_heads\": 2 | \"num_key_value_heads\": 3 | 'num_attention_heads' 4 must be a multiple of 'num_key_value_heads' 3",
                "\"head_dim\": 16 | \"head_dim\": 15 | heads must have an even width to be rotated, found 15",
            })
    void whatTheEngineDoesNotComputeIsRefused(String text, String replacement, String message) {
        assertThatThrownBy(() -> changed(text, replacement))
                .isInstanceOf(ModelConfigException.class)
                .hasMessage(folder.resolve("config.json") + ": " + message);
    }

    @Test
    void textThatIsNoJsonObjectIsRefused() throws IOException {
        Path file = folder.resolve("config.json");
        Files.writeString(file, "[");
        assertThatThrownBy(() -> ModelConfig.read(file))
                .isInstanceOf(ModelConfigException.class)
                .hasMessageStartingWith(file + ": is not JSON: ");
        Files.writeString(file, "3");
        assertThatThrownBy(() -> ModelConfig.read(file))
                .isInstanceOf(ModelConfigException.class)
                .hasMessage(file + ": must be a JSON object");
    }

    /** The configuration of llama-tied with one piece of text replaced. */
    private ModelConfig changed(String text, String replacement) throws IOException {
        String original = Files.readString(MODELS.resolve("llama-tied/config.json"), UTF_8);
        assertThat(original).contains(text);
        Path file = folder.resolve("config.json");
        Files.writeString(file, original.replace(text, replacement));
        return ModelConfig.read(file);
    }
}
