package dev.anneal.engine.export;

import static dev.anneal.protocol.DraftFormat.EAGLE;
import static dev.anneal.protocol.DraftFormat.SPECULATORS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anneal.engine.export.weight.ExportException;
import dev.anneal.engine.format.safetensors.Dtype;
import dev.anneal.engine.format.safetensors.SafetensorsFile;
import dev.anneal.engine.format.safetensors.TensorEntry;
import dev.anneal.engine.format.safetensors.TensorsInMemory;
import dev.anneal.engine.math.number.Bfloat16;
import dev.anneal.engine.network.architecture.ProjectionGroup;
import dev.anneal.engine.network.draft.EagleConfig;
import dev.anneal.protocol.DraftFormat;
import dev.anneal.protocol.TrainingMethod.EagleHead;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Folders of EAGLE heads, and the heads that their formats cannot express. */
class HeadFolderTest {

    private static final String LAYER = "layers.0.";

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Path folder;

    @Test
    void goldenFolderOfSpeculatorsIsWrittenByteForByte() throws IOException {
        Path written = HeadFixture.golden(folder).write(SPECULATORS, "base");

        assertThat(written.resolve("config.json")).hasSameTextualContentAs(HeadFixture.GOLDEN.resolve("config.json"));
        assertThat(written.resolve("model.safetensors"))
                .hasSameBinaryContentAs(HeadFixture.GOLDEN.resolve("model.safetensors"));
    }

    @Test
    void membersFollowFromOffsets() throws IOException {
        Path written = HeadFixture.golden(folder).without("t2d").write(SPECULATORS, "float32");

        assertThat(written.resolve("model.safetensors"))
                .hasSameBinaryContentAs(HeadFixture.GOLDEN.resolve("model.safetensors"));
    }

    @Test
    void weightsAreRoundedOnceAndTheVocabularyIsNot() throws IOException {
        Path written = HeadFixture.golden(folder).write(SPECULATORS, "bfloat16");

        assertThat(config(written).path("dtype").asString()).isEqualTo("bfloat16");
        try (SafetensorsFile before = SafetensorsFile.open(HeadFixture.GOLDEN.resolve("model.safetensors"));
                SafetensorsFile after = SafetensorsFile.open(written.resolve("model.safetensors"))) {
            assertThat(after.entry("d2t").dtype()).isEqualTo(Dtype.I64);
            assertThat(after.entry("t2d").dtype()).isEqualTo(Dtype.BOOL);
            assertThat(after.entry("fc.weight").dtype()).isEqualTo(Dtype.BF16);
            for (int i = 0; i < 32 * 96; i++) {
                assertThat(after.bytes("fc.weight").getShort(2 * i))
                        .isEqualTo(Bfloat16.of(before.bytes("fc.weight").getFloat(4 * i)));
            }
        }
    }

    /** Speculators leaves an embedding that is missing at zeros. */
    @Test
    void theEmbeddingIsTheTargets() throws IOException {
        Path written = HeadFixture.golden(folder).without("embed_tokens.weight").write(SPECULATORS, "base");

        assertThat(written.resolve("model.safetensors"))
                .hasSameBinaryContentAs(HeadFixture.GOLDEN.resolve("model.safetensors"));
    }

    @Test
    void aFolderDescribesItsHead() throws IOException {
        HeadFixture eagle3 = HeadFixture.plain(folder);
        HeadFixture eagle1 = HeadFixture.eagle1(folder)
                .with(LAYER + "self_attn.q_proj.bias", 32)
                .with(LAYER + "self_attn.k_proj.bias", 16)
                .with(LAYER + "self_attn.v_proj.bias", 16);
        for (DraftFormat format : List.of(SPECULATORS, EAGLE)) {
            EagleConfig read = eagle3.shapeOf(eagle3.write(format, "base"), format);

            assertThat(read.kind()).isEqualTo(EagleConfig.Version.EAGLE3);
            assertThat(read.streams()).containsExactly(2, 4, 5);
            assertThat(read.draftVocabulary()).isEqualTo(61);
            assertThat(read.switches()).isEmpty();
            assertThat(read.headSize()).isEqualTo(8);
        }
        EagleConfig read = eagle1.shapeOf(eagle1.write(EAGLE, "base"), EAGLE);
        assertThat(read.kind()).isEqualTo(EagleConfig.Version.EAGLE1);
        assertThat(read.draftVocabulary()).isEqualTo(97);
        assertThat(read.layer().biased()).containsExactly(ProjectionGroup.ATTENTION_INPUT);
    }

    @Test
    void baseIsTheTypeOfTheTarget() throws IOException {
        HeadFixture head = HeadFixture.golden(folder).of(folder, target -> target.put("dtype", "float16"));

        assertThat(config(head.write(SPECULATORS, "base")).path("dtype").asString())
                .isEqualTo("float16");
    }

    @Test
    void wholeVocabulariesNeedNoTable() throws IOException {
        Path written = HeadFixture.golden(folder)
                .shaped(new EagleHead(List.of(1, 2, 3), 97, 3, 1, true, true, false, true))
                .with("lm_head.weight", 97, 32)
                .without("d2t", "t2d")
                .write(SPECULATORS, "base");

        assertThat(tensors(written)).doesNotContainKeys("d2t", "t2d").containsKey("embed_tokens.weight");
        assertThat(config(written).path("draft_vocab_size").asInt()).isEqualTo(97);
    }

    @Test
    void streamsAreNormedOneByOneWithFcNorm() throws IOException {
        Path written = HeadFixture.golden(folder)
                .shaped(new EagleHead(List.of(0, 2, 4), 61, 3, 1, false, false, true, true))
                .without("input_norm.weight")
                .with("fc_norm.0.weight", 32)
                .with("fc_norm.1.weight", 32)
                .with("fc_norm.2.weight", 32)
                .write(SPECULATORS, "base");

        assertThat(tensors(written)).containsKeys("fc_norm.0.weight", "fc_norm.2.weight");
        assertThat(config(written).path("fc_norm").asBoolean()).isTrue();
        assertThat(config(written).path("eagle_aux_hidden_state_layer_ids").toString())
                .isEqualTo("[0,2,4]");
    }

    @Test
    void normsOfHeadsMakeALayerOfQwen3() throws IOException {
        JsonNode layer = config(HeadFixture.golden(folder)
                        .with(LAYER + "self_attn.q_norm.weight", 8)
                        .with(LAYER + "self_attn.k_norm.weight", 8)
                        .write(SPECULATORS, "base"))
                .path("transformer_layer_config");

        assertThat(layer.path("model_type").asString()).isEqualTo("qwen3");
        assertThat(layer.has("mlp_bias")).isFalse();
        assertThat(layer.path("layer_types").toString()).isEqualTo("[\"full_attention\"]");
    }

    @Test
    void scaledRotaryEmbeddingsAreTakenOver() throws IOException {
        JsonNode rotary = config(HeadFixture.golden(folder)
                        .of(folder, HeadFolderTest::scaleRotary)
                        .write(SPECULATORS, "base"))
                .at("/transformer_layer_config/rope_parameters");

        assertThat(rotary.toString())
                .isEqualTo(
                        "{\"factor\":8.0,\"high_freq_factor\":4.0,\"low_freq_factor\":1.0,\"original_max_position_embeddings\":64,\"rope_theta\":10000.0,\"rope_type\":\"llama3\"}");
    }

    private static void scaleRotary(ObjectNode target) {
        target.putObject("rope_scaling")
                .put("rope_type", "llama3")
                .put("factor", 8.0)
                .put("low_freq_factor", 1.0)
                .put("high_freq_factor", 4.0)
                .put("original_max_position_embeddings", 64);
    }

    @Test
    void eagle3HasItsOwnNamesAndTheTargetsEmbedding() throws IOException {
        HeadFixture head = HeadFixture.plain(folder);
        Path written = head.write(EAGLE, "float32");

        assertThat(config(written).toString())
                .isEqualTo(
                        "{\"architectures\":[\"LlamaForCausalLM\"],\"bos_token_id\":null,\"draft_vocab_size\":61,"
                                + "\"eos_token_id\":2,\"hidden_act\":\"silu\",\"hidden_size\":32,\"initializer_range\":0.02,"
                                + "\"intermediate_size\":48,\"max_position_embeddings\":512,\"model_type\":\"llama\","
                                + "\"num_attention_heads\":4,\"num_hidden_layers\":1,\"num_key_value_heads\":2,\"pad_token_id\":0,"
                                + "\"rms_norm_eps\":1.0E-5,\"rope_theta\":10000.0,\"tie_word_embeddings\":false,"
                                + "\"torch_dtype\":\"float32\",\"transformers_version\":\"5.24.0\",\"use_cache\":true,\"vocab_size\":97}");
        assertThat(tensors(written).keySet())
                .containsExactlyInAnyOrder(
                        "d2t",
                        "fc.weight",
                        "lm_head.weight",
                        "midlayer.hidden_norm.weight",
                        "midlayer.input_layernorm.weight",
                        "midlayer.mlp.down_proj.weight",
                        "midlayer.mlp.gate_proj.weight",
                        "midlayer.mlp.up_proj.weight",
                        "midlayer.post_attention_layernorm.weight",
                        "midlayer.self_attn.k_proj.weight",
                        "midlayer.self_attn.o_proj.weight",
                        "midlayer.self_attn.q_proj.weight",
                        "midlayer.self_attn.v_proj.weight",
                        "norm.weight",
                        "t2d");
        try (SafetensorsFile file = SafetensorsFile.open(written.resolve("model.safetensors"));
                SafetensorsFile source = SafetensorsFile.open(HeadFixture.GOLDEN.resolve("model.safetensors"))) {
            assertThat(file.bytes("midlayer.self_attn.q_proj.weight"))
                    .isEqualTo(source.bytes(LAYER + "self_attn.q_proj.weight"));
        }
    }

    @Test
    void eagle1IsFcAndALayer() throws IOException {
        Path written = HeadFixture.eagle1(folder).write(EAGLE, "float32");

        assertThat(config(written).path("bias").isBoolean()).isTrue();
        assertThat(config(written).path("bias").asBoolean()).isFalse();
        assertThat(config(written).has("draft_vocab_size")).isFalse();
        assertThat(tensors(written).keySet())
                .containsExactlyInAnyOrder(
                        "fc.weight",
                        LAYER + "mlp.down_proj.weight",
                        LAYER + "mlp.gate_proj.weight",
                        LAYER + "mlp.up_proj.weight",
                        LAYER + "post_attention_layernorm.weight",
                        LAYER + "self_attn.k_proj.weight",
                        LAYER + "self_attn.o_proj.weight",
                        LAYER + "self_attn.q_proj.weight",
                        LAYER + "self_attn.v_proj.weight");
    }

    @Test
    void eagle1MayHaveBiasesOfQueriesKeysAndValues() throws IOException {
        HeadFixture head = HeadFixture.eagle1(folder)
                .with(LAYER + "self_attn.q_proj.bias", 32)
                .with(LAYER + "self_attn.k_proj.bias", 16);

        refused(head, EAGLE).hasMessageContaining("biases but those of queries, keys and values together");
        Path written = head.with(LAYER + "self_attn.v_proj.bias", 16).write(EAGLE, "base");

        assertThat(config(written).path("qkv_bias").asBoolean()).isTrue();
        assertThat(tensors(written)).containsKey(LAYER + "self_attn.v_proj.bias");
    }

    @ParameterizedTest
    @CsvSource({
        "true, false, false, false, norm_before_residual",
        "false, true, false, false, norm_before_fc",
        "false, false, true, false, fc_norm",
        "false, false, false, true, norm_output"
    })
    void eagleHasNoSwitches(boolean residual, boolean beforeFc, boolean fcNorm, boolean output, String named)
            throws IOException {
        HeadFixture head = HeadFixture.plain(folder)
                .shaped(new EagleHead(List.of(2, 4, 5), 61, 3, 1, residual, beforeFc, fcNorm, output));
        if (beforeFc) {
            head = head.with("input_norm.weight", 96);
        }
        for (int i = 0; fcNorm && i < 3; i++) {
            head = head.with("fc_norm." + i + ".weight", 32);
        }

        refused(head, EAGLE)
                .hasMessageContaining("'" + named + "'")
                .hasMessageEndingWith("; ask for the format 'speculators'");
    }

    @Test
    void eagleReadsThreeStreamsOfItsOwn() throws IOException {
        HeadFixture other =
                HeadFixture.plain(folder).shaped(new EagleHead(List.of(2, 4, 6), 61, 3, 1, false, false, false, false));
        HeadFixture four = HeadFixture.plain(folder)
                .shaped(new EagleHead(List.of(2, 4, 5, 6), 61, 3, 1, false, false, false, false))
                .with("fc.weight", 32, 128);

        refused(other, EAGLE).hasMessageContaining("it reads [2, 4, 5] of the 8 layers, this head [2, 4, 6]");
        refused(four, EAGLE).hasMessageContaining("this head [2, 4, 5, 6]");
    }

    @Test
    void eagleHasNoScaledPositionsNormsOfHeadsAndBiases() throws IOException {
        HeadFixture plain = HeadFixture.plain(folder);

        refused(plain.of(folder, HeadFolderTest::scaleRotary), EAGLE).hasMessageContaining("scaled rotary embeddings");
        refused(plain.with(LAYER + "self_attn.q_norm.weight", 8).with(LAYER + "self_attn.k_norm.weight", 8), EAGLE)
                .hasMessageContaining("norms of query and key heads");
        refused(plain.with(LAYER + "mlp.up_proj.bias", 48), EAGLE).hasMessageContaining("does not have biases");
        refused(plain.with("fc.bias", 32), EAGLE).hasMessageContaining("a bias in fc");
        refused(HeadFixture.eagle1(folder).with("fc.bias", 32), EAGLE).hasMessageContaining("a bias in fc");
        refused(HeadFixture.eagle1(folder).with(LAYER + "input_layernorm.weight", 32), EAGLE)
                .hasMessageContaining("a norm before the layer's attention");
    }

    @Test
    void eagleHasHeadsOfOneSize() throws IOException {
        HeadFixture wide = HeadFixture.plain(folder)
                .of(folder, target -> target.put("head_dim", 16))
                .with(LAYER + "self_attn.q_proj.weight", 64, 64)
                .with(LAYER + "self_attn.k_proj.weight", 32, 64)
                .with(LAYER + "self_attn.v_proj.weight", 32, 64)
                .with(LAYER + "self_attn.o_proj.weight", 32, 64);

        refused(wide, EAGLE).hasMessageContaining("heads of another size than hidden_size / num_attention_heads");
        assertThat(config(wide.write(SPECULATORS, "base"))
                        .at("/transformer_layer_config/head_dim")
                        .asInt())
                .isEqualTo(16);
    }

    @Test
    void speculatorsHasAllBiasesOfABlockOrNone() throws IOException {
        HeadFixture head = HeadFixture.golden(folder);
        HeadFixture partly = head.with(LAYER + "self_attn.q_proj.bias", 32);
        HeadFixture wholly = partly.with(LAYER + "self_attn.k_proj.bias", 16)
                .with(LAYER + "self_attn.v_proj.bias", 16)
                .with(LAYER + "self_attn.o_proj.bias", 32);

        refused(partly, SPECULATORS).hasMessageContaining("biases in all projections of a block or in none");
        refused(head.with("fc.bias", 32), SPECULATORS).hasMessageContaining("fc has no bias");
        assertThat(config(wholly.write(SPECULATORS, "base"))
                        .at("/transformer_layer_config/attention_bias")
                        .asBoolean())
                .isTrue();
    }

    @Test
    void headOfQwen2GetsABiasOfZeros() throws IOException {
        Path written = HeadFixture.golden(folder)
                .with(LAYER + "self_attn.q_proj.bias", 32)
                .with(LAYER + "self_attn.k_proj.bias", 16)
                .with(LAYER + "self_attn.v_proj.bias", 16)
                .write(SPECULATORS, "bfloat16");

        assertThat(config(written)
                        .at("/transformer_layer_config/attention_bias")
                        .asBoolean())
                .isTrue();
        try (SafetensorsFile file = SafetensorsFile.open(written.resolve("model.safetensors"))) {
            assertThat(file.entry(LAYER + "self_attn.o_proj.bias").shape()).containsExactly(32L);
            assertThat(file.bytes(LAYER + "self_attn.o_proj.bias")
                            .asLongBuffer()
                            .get(7))
                    .isZero();
        }
    }

    /** Without its table a reduced head would be taken for one of the target's first tokens. */
    @ParameterizedTest
    @ValueSource(strings = {"d2t", "fc.weight", "lm_head.weight", "input_norm.weight", "layers.0.hidden_norm.weight"})
    void everyTensorIsNeeded(String tensor) throws IOException {
        refused(HeadFixture.golden(folder).without(tensor), SPECULATORS)
                .hasMessageContaining("the head has no tensor '" + tensor + "'");
    }

    @Test
    void tensorsOfOtherNamesAndShapesAreRefused() throws IOException {
        HeadFixture golden = HeadFixture.golden(folder);

        refused(golden.with("layers.1.mlp.up_proj.weight", 48, 32), SPECULATORS)
                .hasMessageContaining("'layers.1.mlp.up_proj.weight' has no place");
        refused(golden.with("fc.weight", 32, 64), SPECULATORS)
                .hasMessageContaining("'fc.weight' must be F32 [32, 96] but is F32 [32, 64]");
    }

    @ParameterizedTest
    @EnumSource(names = {"SPECULATORS", "EAGLE"})
    void weightsThatAreNoNumbersInTheirTypeAreRefused(DraftFormat format) throws IOException {
        float[] norm = new float[32];
        norm[5] = 7e4f;
        HeadFixture head = HeadFixture.plain(folder).with(TensorsInMemory.ofFloats("norm.weight", List.of(32L), norm));

        assertThatThrownBy(() -> head.write(format, "float16"))
                .isInstanceOfSatisfying(
                        ExportException.class,
                        e -> assertThat(e.code()).isEqualTo(ExportException.Code.NON_FINITE_DELTA))
                .hasMessageContaining("1 merged weights of 'norm.weight' are not finite in FLOAT16");
        head.write(format, "bfloat16");
    }

    private static AbstractThrowableAssert<?, ? extends Throwable> refused(HeadFixture head, DraftFormat format) {
        return assertThatThrownBy(() -> head.write(format, "base"))
                .isInstanceOfSatisfying(
                        ExportException.class,
                        e -> assertThat(e.code()).isEqualTo(ExportException.Code.UNSUPPORTED_BY_FORMAT));
    }

    private static JsonNode config(Path written) throws IOException {
        return JsonMapper.shared().readTree(Files.readString(written.resolve("config.json")));
    }

    private static Map<String, TensorEntry> tensors(Path written) throws IOException {
        try (SafetensorsFile file = SafetensorsFile.open(written.resolve("model.safetensors"))) {
            return file.tensors();
        }
    }
}
