package dev.anneal.engine.network.architecture;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.anneal.engine.format.safetensors.WeightDirectory;
import dev.anneal.penetration.Penetration;
import java.io.IOException;
import java.io.RandomAccessFile;
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

        assertThat(config.rotary().scaling()).isEqualTo(new RotaryScaling.Llama3(8, 1, 4, 64));
        assertThat(config.tiedEmbeddings()).isTrue();
        assertThat(config.parameters()).isEqualTo(106_816);
    }

    /** transformers' values for what is left out; the factor of cosines and sines may be given, or by two weights. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"factor\": 4 | 32 | 1 | 512 | 1.138629436",
                "\"factor\": 4, \"original_max_position_embeddings\": 64, \"attention_factor\": null | 32 | 1 | 64 | 1.138629436",
                "\"factor\": 0.5, \"beta_fast\": 16, \"beta_slow\": 2 | 16 | 2 | 512 | 1",
                "\"factor\": 4, \"mscale\": 1.0, \"mscale_all_dim\": 1.0 | 32 | 1 | 512 | 1",
                "\"factor\": 4, \"mscale\": 1.0, \"mscale_all_dim\": 0 | 32 | 1 | 512 | 1.138629436",
                "\"factor\": 4, \"mscale\": 1.0, \"attention_factor\": 0.9 | 32 | 1 | 512 | 0.9",
            })
    void yarnScalingIsRead(String keys, double fast, double slow, int positions, double attention) throws IOException {
        RotaryScaling scaling = changed("\"rope_type\": \"default\"", "\"rope_type\": \"yarn\", " + keys)
                .rotary()
                .scaling();

        assertThat(scaling).isInstanceOfSatisfying(RotaryScaling.Yarn.class, yarn -> {
            assertThat(yarn.fastTurns()).isEqualTo(fast);
            assertThat(yarn.slowTurns()).isEqualTo(slow);
            assertThat(yarn.originalMaxPositions()).isEqualTo(positions);
            assertThat(yarn.attentionFactor()).isCloseTo(attention, within(1e-9));
        });
    }

    /** OLMo 3 as transformers 4 describes it: windows are not scaled. EXAONE 4 rotates in windows alone. */
    @Test
    void layersWithoutAWindowAreScaledOrNotRotated() throws IOException {
        String yarn = "\"rope_scaling\": {\"rope_type\": \"yarn\", \"factor\": 8.0,"
                + " \"original_max_position_embeddings\": 8192}";
        ModelConfig olmo = gemma3(yarn, "Olmo3ForCausalLM");
        ModelConfig exaone = gemma3("\"num_key_value_heads\": 2", "Exaone4ForCausalLM");

        assertThat(olmo.windows()).containsExactly(512, 512, 512, 0, 512, 512, 512);
        assertThat(olmo.kinds().get(0).rotary()).isEqualTo(RotaryConfig.plain(500_000));
        assertThat(olmo.kinds().get(3).rotary())
                .isEqualTo(new RotaryConfig(500_000, RotaryScaling.Yarn.plain(8, 8192)));
        assertThat(exaone.kinds().get(2)).isEqualTo(new LayerKind(512, RotaryConfig.plain(10_000)));
        assertThat(exaone.kinds().get(3)).isEqualTo(new LayerKind(0, RotaryConfig.NONE));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"LlamaForCausalLM\" | \"GPT2LMHeadModel\" | architecture GPT2LMHeadModel is not supported; supported: LlamaForCausalLM, MistralForCausalLM, Qwen2ForCausalLM, Qwen3ForCausalLM, SmolLM3ForCausalLM, GraniteForCausalLM, SeedOssForCausalLM, Gemma3ForCausalLM, Olmo2ForCausalLM, Olmo3ForCausalLM, Exaone4ForCausalLM, GemmaForCausalLM, Ministral3ForCausalLM, Phi3ForCausalLM, Gemma3ForConditionalGeneration, Mistral3ForConditionalGeneration",
                "\"hidden_act\": \"silu\" | \"hidden_act\": \"gelu\" | 'hidden_act' is \"gelu\"; this engine supports silu only",
                "\"vocab_size\": 320 | \"sliding_window\": 8, \"vocab_size\": 320 | 'sliding_window' is 8; this engine supports none only",
                "\"vocab_size\": 320 | \"is_causal\": false, \"vocab_size\": 320 | 'is_causal' is false; this engine supports true only",
                "\"pretraining_tp\": 1 | \"pretraining_tp\": 2 | 'pretraining_tp' is 2; this engine supports 1.0 only",
                "\"rope_type\": \"default\" | \"rope_type\": \"dynamic\" | rope type 'dynamic' is not supported; supported: default, linear, llama3, yarn",
                "\"rope_type\": \"default\" | \"rope_type\": \"yarn\" | 'factor' must be a positive number, found nothing",
                "\"rope_type\": \"default\" | \"rope_type\": \"yarn\", \"factor\": 2, \"rope_theta\": 1.0 | rope type 'yarn' needs a 'rope_theta' above 1, found 1.0",
                "\"rope_type\": \"default\" | \"rope_type\": \"default\", \"mrope_section\": [2, 3, 3] | 'rope_parameters' has the key 'mrope_section', which this engine does not compute",
                "\"rope_type\": \"default\" | \"rope_type\": \"default\", \"llama_4_scaling_beta\": 0.1 | 'rope_parameters' has the key 'llama_4_scaling_beta', which this engine does not compute",
                "\"vocab_size\": 320 | \"rope_scaling\": \"linear\", \"vocab_size\": 320 | 'rope_scaling' must be an object, found \"linear\"",
                "\"vocab_size\": 320 | \"layer_types\": [\"full_attention\", \"sliding_attention\"], \"vocab_size\": 320 | 'layer_types' names \"sliding_attention\", which this family does not have where its sliding window is none",
                "\"vocab_size\": 320 | \"layer_types\": [\"full_attention\"], \"vocab_size\": 320 | 'layer_types' must name the attention of each of 2 layers",
                "\"vocab_size\": 320 | \"vocab_size\": \"many\" | 'vocab_size' must be a positive integer, found \"many\"",
                "\"rms_norm_eps\": 1e-05 | \"rms_norm_eps\": 0 | 'rms_norm_eps' must be a positive number, found 0",
                "\"num_key_value_heads\": 2 | \"num_key_value_heads\": 3 | 'num_attention_heads' 4 must be a multiple of 'num_key_value_heads' 3",
                "\"head_dim\": 16 | \"head_dim\": 15 | heads must have an even width to be rotated, found 15",
                "\"head_dim\": 16 | \"head_dim\": 16000000 | 4 heads of width 16000000 are wider than 16777216 together",
                "\"rms_norm_eps\": 1e-05 | \"rms_norm_eps\": 1e999 | 'rms_norm_eps' must be a positive number, found \"Infinity\"",
                "\"num_hidden_layers\": 2 | \"num_hidden_layers\": 2000000000 | 'num_hidden_layers' must be at most 1000, found 2000000000",
                "\"vocab_size\": 320 | \"vocab_size\": 16777217 | 'vocab_size' must be at most 16777216, found 16777217",
            })
    void whatTheEngineDoesNotComputeIsRefused(String text, String replacement, String message) {
        assertThatThrownBy(() -> changed(text, replacement))
                .isInstanceOf(ModelConfigException.class)
                .hasMessage(folder.resolve("config.json") + ": " + message);
    }

    /** Gemma 3 as transformers 4 describes it, with the scaling of the larger ones. */
    @Test
    void keysOfGemma3InTheStyleOfEarlierReleases() throws IOException {
        ModelConfig gemma = gemma3(
                "\"rope_theta\": 500000.0, \"rope_local_base_freq\": 20000.0, \"rope_scaling\": {\"factor\": 8.0, \"rope_type\": \"linear\"}");

        assertThat(gemma.kinds())
                .hasSize(7)
                .startsWith(new LayerKind(512, RotaryConfig.plain(20_000)))
                .endsWith(
                        new LayerKind(0, new RotaryConfig(500_000, new RotaryScaling.Linear(8))),
                        new LayerKind(512, RotaryConfig.plain(20_000)));
        assertThat(gemma.multipliers()).isEqualTo(new Multipliers(1 / 16.0, Math.sqrt(640), true, 1));
        assertThat(gemma3("\"rope_scaling\": {\"rope_type\": \"linear\", \"factor\": 8}, \"rope_parameters\":"
                                + " {\"full_attention\": {\"rope_theta\": 50000.0}}")
                        .rotary())
                .isEqualTo(new RotaryConfig(50_000, new RotaryScaling.Linear(8)));
        assertThat(gemma.tiedEmbeddings()).isTrue();
        assertThat(gemma.paddingToken()).isZero();
        assertThat(gemma3("\"vocab_size\": 320").kinds().get(5))
                .isEqualTo(new LayerKind(0, RotaryConfig.plain(1_000_000)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"hidden_activation\": \"silu\" | 'hidden_activation' is \"silu\"; this engine supports gelu_pytorch_tanh only",
                "\"final_logit_softcapping\": 30.0 | 'final_logit_softcapping' is 30.0; this engine supports none only",
                "\"use_bidirectional_attention\": true | 'use_bidirectional_attention' is true; this engine supports false only",
                "\"sliding_window\": null | 'sliding_window' must be a positive integer, found null",
                "\"sliding_window_pattern\": 0 | 'sliding_window_pattern' must be a positive integer, found 0",
                "\"rope_parameters\": {\"rope_theta\": 1000.0} | 'rope_parameters' has the key 'rope_theta', which is none of [full_attention, sliding_attention]",
                "\"rope_parameters\": {\"full_attention\": {\"mrope_section\": [1]}} | 'rope_parameters.full_attention' has the key 'mrope_section', which this engine does not compute",
            })
    void whatTheEngineDoesNotComputeOfGemma3IsRefused(String key, String message) {
        assertThatThrownBy(() -> gemma3(key))
                .isInstanceOf(ModelConfigException.class)
                .hasMessage(folder.resolve("config.json") + ": " + message);
    }

    /** What transformers 5.24 reads otherwise where layers of each type have a rotary embedding of their own. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "Gemma3ForCausalLM | \"hidden_activation\": \"gelu\" | 'hidden_activation' is \"gelu\"; this engine supports gelu_pytorch_tanh only",
                "GemmaForCausalLM | \"hidden_act\": \"relu\" | 'hidden_act' is \"relu\"; this engine supports gelu_pytorch_tanh only",
                "Olmo3ForCausalLM | \"rope_theta\": 10000.0 | 'rope_theta' is 10000.0; other bases than 500000 must be in 'rope_parameters' for each type of layer",
                "Olmo3ForCausalLM | \"rope_scaling\": {\"type\": \"yarn\", \"factor\": 8.0} | 'rope_scaling' has 'type', which transformers ignores in this family; use 'rope_type'",
                "Olmo3ForCausalLM | \"rope_scaling\": {\"rope_type\": \"yarn\", \"factor\": 8.0, \"truncate\": false} | 'truncate' is false, which transformers ignores in this family",
            })
    void whatTransformersReadsOtherwiseIsRefused(String family, String key, String message) {
        assertThatThrownBy(() -> gemma3(key, family))
                .isInstanceOf(ModelConfigException.class)
                .hasMessage(folder.resolve("config.json") + ": " + message);
    }

    /** transformers reads neither key in OLMo 3, and takes Gemma 1's "gelu" for its approximation. */
    @Test
    void keysOfOtherFamiliesChangeNothing() throws IOException {
        String yarn = "\"rope_scaling\": {\"rope_type\": \"yarn\", \"factor\": 8.0,"
                + " \"original_max_position_embeddings\": 8192}";
        ModelConfig olmo = gemma3(yarn, "Olmo3ForCausalLM");

        assertThat(gemma3(
                        yarn + ", \"sliding_window_pattern\": 2, \"original_max_position_embeddings\": 4096",
                        "Olmo3ForCausalLM"))
                .isEqualTo(olmo);
        assertThat(gemma3(
                                "\"num_key_value_heads\": 4, \"hidden_act\": \"gelu\", \"sliding_window\": null",
                                "GemmaForCausalLM")
                        .architecture())
                .isEqualTo(Architecture.GEMMA);
    }

    private ModelConfig gemma3(String key) throws IOException {
        return gemma3(key, "Gemma3ForCausalLM");
    }

    /** Of another family with these sizes. */
    private ModelConfig gemma3(String key, String family) throws IOException {
        Path file = folder.resolve("config.json");
        Files.writeString(file, """
                {"architectures": ["%s"], "hidden_size": 640, "intermediate_size": 2048,
                 "num_attention_heads": 4, "num_hidden_layers": 7, "max_position_embeddings": 32768,
                 "sliding_window": 512, "vocab_size": 262144, %s}
                """.formatted(family, key));
        return ModelConfig.read(file);
    }

    /** A key of a family that has layers without rotary embedding; transformers ignores it in others. */
    @Test
    void layersOfOtherFamiliesAllRotate() throws IOException {
        ModelConfig llama = changed("\"vocab_size\": 320", "\"vocab_size\": 320, \"no_rope_layer_interval\": 2");
        ModelConfig smollm3 = ModelConfig.read(MODELS.resolve("../families/smollm3-0/config.json"));

        assertThat(llama.kinds()).extracting(LayerKind::rotary).doesNotContain(RotaryConfig.NONE);
        assertThat(smollm3.kinds())
                .extracting(kind -> kind.rotary().equals(RotaryConfig.NONE))
                .containsExactly(false, true, false);
    }

    @Test
    void aFamilysConfigurationSaysWhereItsBiasesAreAndHowFarItSees() throws IOException {
        ModelConfig mistral = ModelConfig.read(MODELS.resolve("mistral/config.json"));
        ModelConfig qwen2 = ModelConfig.read(MODELS.resolve("qwen2/config.json"));
        ModelConfig qwen3 = ModelConfig.read(MODELS.resolve("qwen3/config.json"));

        assertThat(mistral.windows()).containsExactly(8, 8);
        assertThat(mistral.biased()).isEmpty();
        assertThat(qwen2.windows()).containsExactly(0, 0);
        assertThat(qwen2.biased()).containsExactly(ProjectionGroup.ATTENTION_INPUT);
        assertThat(qwen2.parameters()).isEqualTo(106_816 + 2 * (64 + 32 + 32));
        assertThat(qwen3.headSize()).isEqualTo(32);
        assertThat(qwen3.architecture().spec().queryKeyNorm()).isEqualTo(DecoderSpec.QueryKeyNorm.HEADS);
        assertThat(changed("llama-tied", "\"attention_bias\": false", "\"attention_bias\": true")
                        .biased())
                .containsExactlyInAnyOrder(ProjectionGroup.ATTENTION_INPUT, ProjectionGroup.ATTENTION_OUTPUT);
        assertThat(changed("llama-tied", "\"mlp_bias\": false", "\"mlp_bias\": true")
                        .biased())
                .containsExactlyInAnyOrder(ProjectionGroup.FEED_FORWARD, ProjectionGroup.DOWN);
    }

    /** Keys as transformers 4 and 5 write them; a switch that is off, a list, or the first layer that slides. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "false | 4 | \"max_window_layers\": 0 | 0 | 0",
                "true | null | \"max_window_layers\": 0 | 0 | 0",
                "true | 4 | \"max_window_layers\": 0 | 4 | 4",
                "true | 4 | \"max_window_layers\": 1 | 0 | 4",
                "true | 4 | \"max_window_layers\": 28 | 0 | 0",
                "true | 4 | \"layer_types\": [\"sliding_attention\", \"full_attention\"] | 4 | 0",
            })
    void layersWithAWindowAreThoseOfTransformers(String on, String window, String layers, int first, int second)
            throws IOException {
        String keys = "\"use_sliding_window\": %s, \"sliding_window\": %s, %s,".formatted(on, window, layers);
        ModelConfig config = written(Files.readString(MODELS.resolve("qwen3/config.json"), UTF_8)
                .replaceAll("(?s)\"(layer_types|max_window_layers|(use_)?sliding_window)\": (\\[.*?\\]|\\w+),", "")
                .replaceFirst("\\{", "{" + keys));

        assertThat(config.windows()).containsExactly(first, second);
    }

    /** What transformers takes where a configuration is silent. */
    @Test
    void absentKeysMeanWhatTransformersTakesThemFor() throws IOException {
        ModelConfig mistral = changed("mistral", "\"sliding_window\": 8,", "");

        assertThat(mistral.windows()).containsExactly(4096, 4096);
        assertThatThrownBy(() -> changed("qwen3", "\"num_key_value_heads\": 2,", ""))
                .hasMessageContaining("'num_attention_heads' 4 must be a multiple of 'num_key_value_heads' 32");
        assertThat(changed("qwen3", "\"head_dim\": 32,", "").headSize()).isEqualTo(128);
        assertThat(changed("qwen2", "\"layer_types\"", "\"head_dim\": null, \"layer_types\"")
                        .headSize())
                .isEqualTo(16);
    }

    // #17
    @ParameterizedTest
    @CsvSource({"0, 0", "319, 319", "-1, 319", "-320, 0", "320, -1", "-321, -1", "null, -1"})
    void theTokenThatPadsIsCountedAsTorchDoes(String given, int token) throws IOException {
        assertThat(changed("\"pad_token_id\": 0", "\"pad_token_id\": " + given).paddingToken())
                .isEqualTo(token);
    }

    @Penetration
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

    @Penetration
    @Test
    void aFileTooLargeForAConfigurationIsRefusedUnread() throws IOException {
        Path file = folder.resolve("config.json");
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(1L << 40);
        }
        assertThatThrownBy(() -> ModelConfig.read(file))
                .isInstanceOf(ModelConfigException.class)
                .hasMessage(file + ": has 1,099,511,627,776 bytes, at most 8,388,608 are read");
    }

    /** Nothing is read of embeddings that are not of the model. #17 */
    @Penetration
    @Test
    void aTiedEmbeddingOfGigabytesInOneRowIsRefusedByItsShape() throws IOException {
        Path config = Files.copy(MODELS.resolve("llama-tied/config.json"), folder.resolve("config.json"));
        long bytes = 3L << 30;
        String header = """
                {"model.embed_tokens.weight": {"dtype": "F32", "shape": [1, %1$d], "data_offsets": [0, %2$d]},
                 "lm_head.weight": {"dtype": "F32", "shape": [1, %1$d], "data_offsets": [%2$d, %3$d]}}""".formatted(bytes / 4, bytes, 2 * bytes);
        try (RandomAccessFile sparse =
                new RandomAccessFile(folder.resolve("model.safetensors").toFile(), "rw")) {
            sparse.writeLong(Long.reverseBytes(header.length()));
            sparse.write(header.getBytes(UTF_8));
            sparse.setLength(Long.BYTES + header.length() + 2 * bytes);
        }
        try (WeightDirectory weights = WeightDirectory.open(folder)) {
            assertThatThrownBy(() -> ModelConfig.read(config, weights))
                    .isInstanceOf(ModelConfigException.class)
                    .hasMessageContaining(
                            "tensor 'model.embed_tokens.weight' must have the shape [320, 64] by config.json but has [1, 805306368]");
        }
    }

    /** The configuration of llama-tied with one piece of text replaced. */
    private ModelConfig changed(String text, String replacement) throws IOException {
        return changed("llama-tied", text, replacement);
    }

    private ModelConfig changed(String model, String text, String replacement) throws IOException {
        String original = Files.readString(MODELS.resolve(model + "/config.json"), UTF_8);
        assertThat(original).contains(text);
        return written(original.replace(text, replacement));
    }

    private ModelConfig written(String config) throws IOException {
        Path file = folder.resolve("config.json");
        Files.writeString(file, config);
        return ModelConfig.read(file);
    }
}
