package dev.anneal.engine.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anneal.engine.export.weight.ExportException;
import dev.anneal.engine.format.gguf.GgufContents;
import dev.anneal.engine.format.safetensors.SafetensorsWriter;
import dev.anneal.engine.format.safetensors.TensorData;
import dev.anneal.engine.format.safetensors.TensorsInMemory;
import dev.anneal.engine.format.safetensors.WeightDirectory;
import dev.anneal.engine.network.architecture.CheckpointTensors;
import dev.anneal.engine.network.architecture.ModelConfig;
import dev.anneal.engine.network.lora.RandomModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** GGUF files of random models of families whose keys or names in llama.cpp are their own. */
class GgufFamiliesTest {

    private static final String SMOLLM3 = "\"architectures\": [\"SmolLM3ForCausalLM\"], \"num_hidden_layers\": 5";

    private static final String GRANITE = "\"architectures\": [\"GraniteForCausalLM\"], \"num_hidden_layers\": 2,"
            + " \"attention_multiplier\": 0.5, \"embedding_multiplier\": 12.0, \"logits_scaling\": 8.0,"
            + " \"residual_multiplier\": 0.25";

    private static final String SEED_OSS = "\"architectures\": [\"SeedOssForCausalLM\"], \"num_hidden_layers\": 2";

    private static final String GEMMA3 = "\"architectures\": [\"Gemma3ForCausalLM\"], \"num_hidden_layers\": 7,"
            + " \"query_pre_attn_scalar\": 16, \"sliding_window\": 32";

    private static final String GEMMA = "\"architectures\": [\"GemmaForCausalLM\"], \"num_hidden_layers\": 2";

    private static final String OLMO = "\"architectures\": [\"Olmo3ForCausalLM\"], \"num_hidden_layers\": 5,"
            + " \"tie_word_embeddings\": false, \"sliding_window\": 32";

    private static final String EXAONE = "\"architectures\": [\"Exaone4ForCausalLM\"], \"num_hidden_layers\": 2,"
            + " \"sliding_window\": null, \"layer_types\": [\"full_attention\", \"full_attention\"]";

    private static final String MINISTRAL3 =
            "\"architectures\": [\"Ministral3ForCausalLM\"], \"num_hidden_layers\": 2, \"pad_token_id\": null";

    private static final String YARN =
            "{'rope_type': 'yarn', 'factor': 4.0, 'original_max_position_embeddings': 128%s}";

    private static final String LLAMA3 = "{'rope_type': 'llama3', 'factor': 8.0, 'low_freq_factor': 1.0,"
            + " 'high_freq_factor': 4.0, 'original_max_position_embeddings': 64}";

    @TempDir
    Path folder;

    @Test
    void multipliersOfGraniteAreKeys() throws IOException {
        GgufContents file = exported(GRANITE);

        assertThat(file.metadata())
                .containsEntry("general.architecture", "granite")
                .containsEntry("granite.attention.scale", 0.5f)
                .containsEntry("granite.embedding_scale", 48f)
                .containsEntry("granite.attention.layer_norm_rms_epsilon", 16e-6f)
                .containsEntry("granite.logit_scale", 8f)
                .doesNotContainKey("granite.residual_scale");
    }

    /** llama.cpp's converter adds 1 to the weights of Gemma's norms. */
    @Test
    void gemmasNormsAndWindows() throws IOException {
        GgufContents file = exported(GEMMA3);

        assertThat(file.metadata())
                .containsEntry("general.architecture", "gemma3")
                .containsEntry("gemma3.context_length", 512)
                .containsEntry("gemma3.attention.sliding_window", 32)
                .containsEntry("gemma3.rope.freq_base", 1e6f)
                .doesNotContainKey("gemma3.rope.scaling.type");
        Map.of(
                        "input_layernorm", "attn_norm",
                        "post_attention_layernorm", "post_attention_norm",
                        "pre_feedforward_layernorm", "ffn_norm",
                        "post_feedforward_layernorm", "post_ffw_norm",
                        "self_attn.q_norm", "attn_q_norm",
                        "self_attn.k_norm", "attn_k_norm")
                .forEach((name, ours) ->
                        assertNumbers(file, "blk.6." + ours + ".weight", "model.layers.6." + name + ".weight", 1));
        assertNumbers(file, "output_norm.weight", "model.norm.weight", 1);
        assertNumbers(file, "token_embd.weight", "model.embed_tokens.weight", 0);
        assertThat(file.tensors()).hasSize(2 + 7 * 13);
    }

    @Test
    void gemma1HasNormsBeforeItsBlocksAlone() throws IOException {
        GgufContents file = exported(GEMMA);

        assertThat(file.metadata()).containsEntry("general.architecture", "gemma");
        assertNumbers(file, "blk.1.ffn_norm.weight", "model.layers.1.post_attention_layernorm.weight", 1);
        assertThat(file.tensors()).hasSize(2 + 2 * 9);
    }

    @Test
    void frequenciesAreDividedWhereThereIsNoWindow() throws IOException {
        assertThat(exported(GEMMA3 + ", \"rope_scaling\": {\"rope_type\": \"linear\", \"factor\": 8.0}")
                        .metadata())
                .containsEntry("gemma3.rope.scaling.type", "linear")
                .containsEntry("gemma3.rope.scaling.factor", 8f);
    }

    @Test
    void seedOssHasNamesAndBiasesOfItsOwn() throws IOException {
        GgufContents file = exported(SEED_OSS);

        assertThat(file.metadata()).containsEntry("general.architecture", "seed_oss");
        assertNumbers(file, "blk.1.post_attention_norm.weight", "model.layers.1.post_attention_layernorm.weight", 0);
        assertNumbers(file, "blk.1.attn_k.bias", "model.layers.1.self_attn.k_proj.bias", 0);
    }

    @Test
    void smolLm3IsItsOwnArchitecture() throws IOException {
        GgufContents file = exported(SMOLLM3);

        assertThat(file.metadata()).containsEntry("general.architecture", "smollm3");
        assertNumbers(file, "blk.4.ffn_norm.weight", "model.layers.4.post_attention_layernorm.weight", 0);
    }

    @Test
    void olmoHasNormsAfterItsBlocksAndScaledFrequenciesOutsideOfWindows() throws IOException {
        GgufContents file =
                exported(OLMO + ", \"rope_scaling\": " + YARN.formatted("").replace('\'', '"'));

        assertThat(file.metadata())
                .containsEntry("general.architecture", "olmo2")
                .containsEntry("olmo2.context_length", 512)
                .containsEntry("olmo2.attention.sliding_window", 32)
                .containsEntry("olmo2.rope.scaling.type", "yarn")
                .containsEntry("olmo2.rope.scaling.factor", 4f)
                .containsEntry("olmo2.rope.scaling.original_context_length", 128);
        Map.of(
                        "post_attention_layernorm", "post_attention_norm",
                        "post_feedforward_layernorm", "post_ffw_norm",
                        "self_attn.q_norm", "attn_q_norm")
                .forEach((name, ours) ->
                        assertNumbers(file, "blk.4." + ours + ".weight", "model.layers.4." + name + ".weight", 0));
        assertThat(file.tensors()).hasSize(3 + 5 * 11);
    }

    @Test
    void exaoneWithoutWindowsTakesLlama3sScaling() throws IOException {
        GgufContents file = exported(EXAONE + ", \"rope_scaling\": " + LLAMA3.replace('\'', '"'));

        assertThat(file.metadata())
                .containsEntry("general.architecture", "exaone4")
                .doesNotContainKey("exaone4.attention.sliding_window");
        assertThat(file.tensors()).hasSize(3 + 2 * 11);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                SMOLLM3 + "| 'no_rope_layer_interval': 2",
                MINISTRAL3
                        + "| 'rope_parameters': {'rope_type': 'default', 'llama_4_scaling_beta': 0.1, 'original_max_position_embeddings': 128}",
                SMOLLM3 + "| 'attention_bias': true",
                GRANITE + "| 'mlp_bias': true",
                SEED_OSS + "| 'attention_out_bias': true",
                GEMMA3 + "| 'sliding_window_pattern': 3",
                GEMMA3 + "| 'rope_local_base_freq': 20000",
                GEMMA3 + "| 'query_pre_attn_scalar': 12",
                GEMMA3 + "| 'rope_parameters': {'sliding_attention': {'rope_type': 'linear', 'factor': 2}}",
                GEMMA3 + "| 'rope_scaling': " + LLAMA3,
                SEED_OSS + "| 'rope_scaling': " + LLAMA3,
                GEMMA + "| 'tie_word_embeddings': false",
                OLMO + "| 'rope_scaling': " + LLAMA3,
                OLMO + "| 'attention_bias': true",
                OLMO + "| 'tie_word_embeddings': true",
                OLMO
                        + "| 'layer_types': ['sliding_attention', 'sliding_attention', 'full_attention', 'sliding_attention', 'sliding_attention']",
                EXAONE + "| 'sliding_window': 32",
                EXAONE + "| 'layer_types': ['sliding_attention', 'full_attention'], 'sliding_window': 32",
                GEMMA3
                        + "| 'rope_scaling': {'rope_type': 'yarn', 'factor': 4, 'original_max_position_embeddings': 128}",
                SEED_OSS
                        + "| 'rope_scaling': {'rope_type': 'yarn', 'factor': 4, 'original_max_position_embeddings': 128, 'beta_fast': 16}",
            })
    void whatLlamaCppComputesOtherwiseIsRefused(String keys, String other) throws IOException {
        Path model = model(keys + ", " + other.replace('\'', '"'));

        assertThatThrownBy(() -> fixture(model).export("gguf", "f32", folder.resolve("gguf")))
                .isInstanceOf(ExportException.class)
                .hasMessageContaining("with the biases, layers and scales that llama.cpp computes, and this is ");
    }

    private GgufContents exported(String keys) throws IOException {
        fixture(model(keys)).export("gguf", "f32", folder.resolve("gguf"));
        return GgufContents.read(folder.resolve("gguf/family-F32.gguf"));
    }

    private ExportFixture fixture(Path model) throws IOException {
        return ExportFixture.withRandomAdapter(
                new ExportedBase("family", null, model, "abc"), 5, folder.resolve("adapter.safetensors"));
    }

    /** Random weights with the tokenizer of llama-tied. */
    private Path model(String keys) throws IOException {
        Path model = ExportFixture.copyOfBase(folder.resolve("model"));
        Files.writeString(model.resolve("config.json"), """
                {"vocab_size": 320, "hidden_size": 64, "intermediate_size": 96, "num_attention_heads": 4,
                 "num_key_value_heads": 2, "head_dim": 16, "max_position_embeddings": 512, "rms_norm_eps": 1e-6,
                 "tie_word_embeddings": true, %s}
                """.formatted(keys));
        Random random = new Random(7);
        List<TensorData> tensors = new CheckpointTensors(ModelConfig.read(model.resolve("config.json")))
                .all().stream()
                        .map(tensor -> TensorsInMemory.ofFloats(
                                tensor.name(),
                                tensor.shape(),
                                RandomModel.normal(random, Math.toIntExact(tensor.elements()), 0.2)))
                        .toList();
        SafetensorsWriter.write(model.resolve("model.safetensors"), tensors);
        return model;
    }

    /** @param offset added to the base's numbers */
    private void assertNumbers(GgufContents file, String name, String base, int offset) {
        try (WeightDirectory weights = WeightDirectory.open(folder.resolve("model"))) {
            double[] found = file.tensor(name).numbers();
            for (int i = 0; i < found.length; i++) {
                float stored = weights.fileOf(base).bytes(base).asFloatBuffer().get(i);
                assertThat(found[i]).as(name).isEqualTo(stored + offset);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
