package dev.anneal.engine.network.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The language model of a multimodal model is read as if it were alone. */
class MultimodalTest {

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Path folder;

    /** The keys of Gemma 3 4B, whose configuration leaves out what transformers has as defaults. */
    @Test
    void gemma3OfFourBillionParameters() throws IOException {
        ModelConfig gemma = read("Gemma3ForConditionalGeneration", "\"mm_tokens_per_image\": 256", """
                "model_type": "gemma3_text", "hidden_size": 2560, "intermediate_size": 10240, "num_hidden_layers": 34,
                "rope_scaling": {"factor": 8.0, "rope_type": "linear"}, "sliding_window": 1024""");

        assertThat(gemma.architecture()).isEqualTo(Architecture.GEMMA3);
        assertThat(gemma.multimodal()).isTrue();
        assertThat(gemma.tiedEmbeddings()).isTrue();
        assertThat(gemma.vocabularySize()).isEqualTo(262_208);
        assertThat(gemma.maxPositions()).isEqualTo(131_072);
        assertThat(gemma.heads()).isEqualTo(8);
        assertThat(gemma.keyValueHeads()).isEqualTo(4);
        assertThat(gemma.headSize()).isEqualTo(256);
        assertThat(gemma.kinds().get(4)).isEqualTo(new LayerKind(1024, RotaryConfig.plain(10_000)));
        assertThat(gemma.kinds().get(5))
                .isEqualTo(new LayerKind(0, new RotaryConfig(1_000_000, new RotaryScaling.Linear(8))));
        assertThat(gemma.parameters()).isEqualTo(3_880_263_168L);
    }

    /** The keys of Mistral Small 3.1. Its checkpoint has an output embedding of its own, which unties it. */
    @Test
    void mistralSmall() throws IOException {
        ModelConfig mistral = read("Mistral3ForConditionalGeneration", "\"spatial_merge_size\": 2", """
                "model_type": "mistral", "hidden_size": 5120, "intermediate_size": 32768, "num_hidden_layers": 40,
                "num_attention_heads": 32, "num_key_value_heads": 8, "head_dim": 128, "vocab_size": 131072,
                "hidden_act": "silu", "max_position_embeddings": 131072, "rms_norm_eps": 1e-5,
                "rope_theta": 1000000000.0, "sliding_window": null""");

        assertThat(mistral.architecture()).isEqualTo(Architecture.MISTRAL);
        assertThat(mistral.multimodal()).isTrue();
        assertThat(mistral.windows()).containsOnly(0);
        assertThat(mistral.tiedEmbeddings()).isTrue();
        assertThat(mistral.rotary()).isEqualTo(RotaryConfig.plain(1_000_000_000));
        assertThat(read("Mistral3ForConditionalGeneration", "\"tie_word_embeddings\": false", """
                "model_type": "mistral", "hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1,
                "num_attention_heads": 2, "vocab_size": 99, "max_position_embeddings": 64, "rms_norm_eps": 1e-5,
                "num_key_value_heads": 1, "rope_theta": 10000.0, "tie_word_embeddings": true""")
                        .tiedEmbeddings())
                .isFalse();
    }

    /** The keys of Ministral 3 8B, whose object of the rotary embedding has the maximum length too. */
    @Test
    void ministral3() throws IOException {
        ModelConfig ministral = read("Mistral3ForConditionalGeneration", "\"spatial_merge_size\": 2", """
                "model_type": "ministral3", "hidden_size": 4096, "intermediate_size": 14336, "num_hidden_layers": 34,
                "num_attention_heads": 32, "vocab_size": 131072, "hidden_act": "silu", "sliding_window": null,
                "rope_parameters": {"rope_type": "yarn", "rope_theta": 1000000.0, "factor": 16.0,
                    "original_max_position_embeddings": 16384, "max_position_embeddings": 262144, "beta_fast": 32.0,
                    "beta_slow": 1.0, "mscale": 1.0, "mscale_all_dim": 1.0, "llama_4_scaling_beta": 0.1}""");

        assertThat(ministral.architecture()).isEqualTo(Architecture.MINISTRAL3);
        assertThat(ministral.keyValueHeads()).isEqualTo(8);
        assertThat(ministral.headSize()).isEqualTo(128);
        assertThat(ministral.maxPositions()).isEqualTo(262_144);
        assertThat(ministral.rotary().queries()).isEqualTo(new QueryScale(0.1, 16_384));
        assertThat(ministral.rotary().scaling()).isEqualTo(new RotaryScaling.Yarn(16, 32, 1, 16_384, true, 1));
        assertThat(ministral.ofOneLayer(0).rotary().queries()).isEqualTo(QueryScale.NONE);
    }

    /** Quantisation is said of the whole model. */
    @Test
    void quantisationOfTheWholeIsThatOfTheLanguageModel() {
        assertThatThrownBy(() -> read(
                        "Gemma3ForConditionalGeneration",
                        "\"quantization_config\": {\"quant_method\": \"awq\"}",
                        "\"model_type\": \"gemma3_text\", \"hidden_size\": 64, \"num_hidden_layers\": 1"))
                .isInstanceOf(ModelConfigException.class)
                .hasMessageContaining(
                        "'quantization_config' is {\"quant_method\":\"awq\"}; this engine supports none, or");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"model_type\": \"llama\" | 'model_type' of 'text_config' is \"llama\"; supported for Mistral3ForConditionalGeneration: ministral3, mistral",
                "\"hidden_size\": 64 | 'model_type' of 'text_config' is nothing; supported for Mistral3ForConditionalGeneration: ministral3, mistral",
                "\"model_type\": \"mistral\" | 'hidden_size' must be a positive integer, found nothing",
            })
    void otherLanguageModelsAreRefused(String text, String message) {
        assertThatThrownBy(() -> read("Mistral3ForConditionalGeneration", "\"spatial_merge_size\": 2", text))
                .isInstanceOf(ModelConfigException.class)
                .hasMessage(folder.resolve("config.json") + ": " + message);
    }

    @Test
    void aModelWithoutALanguageModelIsRefused() throws IOException {
        Path file = Files.writeString(
                folder.resolve("config.json"),
                "{\"architectures\": [\"Gemma3ForConditionalGeneration\"], \"text_config\": 7}");

        assertThatThrownBy(() -> ModelConfig.read(file))
                .isInstanceOf(ModelConfigException.class)
                .hasMessage(
                        file
                                + ": 'text_config' must be an object in a model of the class Gemma3ForConditionalGeneration, found 7");
    }

    private ModelConfig read(String className, String whole, String text) throws IOException {
        Path file = folder.resolve("config.json");
        Files.writeString(file, """
                {"architectures": ["%s"], %s, "text_config": {%s}, "vision_config": {"hidden_size": 1152}}
                """.formatted(className, whole, text));
        return ModelConfig.read(file);
    }
}
