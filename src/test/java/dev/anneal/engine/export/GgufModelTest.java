package dev.anneal.engine.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.anneal.engine.export.weight.ExportException;
import dev.anneal.engine.format.gguf.GgufContents;
import dev.anneal.engine.format.safetensors.WeightDirectory;
import dev.anneal.engine.network.architecture.ModelConfig;
import dev.anneal.engine.network.lora.GoldenRun;
import dev.anneal.engine.network.model.GoldenTensors;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** GGUF files, read by a reader of the tests' own, against the merged Hugging Face directory of the same adapter. */
class GgufModelTest {

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Path folder;

    /** Bounds of a correct writer, per number: relative, and of the largest in its block of 32. */
    @ParameterizedTest
    @CsvSource({
        "llama-tied, f32, 0, 0",
        "llama-tied, f16, 0x1p-11, 0",
        "llama-tied, bf16, 0x1p-8, 0",
        "llama-tied, q8_0, 0, 0.0045",
        "llama-untied-gqa, f32, 0, 0",
        "llama3-rope, f32, 0, 0",
        "mistral, f32, 0, 0",
        "qwen2, f32, 0, 0",
        "qwen3, f32, 0, 0"
    })
    void tensorsAreThoseOfTheMergedDirectory(String model, String type, double relative, double ofBlock)
            throws IOException {
        ExportFixture fixture = ExportFixture.withRandomAdapter(model, folder);
        fixture.export("merged", "float32", folder.resolve("merged"));
        FinishedExport export = fixture.export("gguf", type, folder.resolve("gguf"));

        Map<String, GgufContents.Tensor> stored =
                new TreeMap<>(contents(type, model).tensors());
        ModelConfig config = ModelConfig.read(fixture.base().directory().resolve("config.json"));
        try (WeightDirectory merged = WeightDirectory.open(folder.resolve("merged"))) {
            for (String name : merged.names()) {
                GgufContents.Tensor tensor = stored.remove(ggufName(name));
                assertThat(tensor).as(name).isNotNull();
                assertThat(tensor.shape()).isEqualTo(merged.entry(name).shape());
                FloatBuffer exact = merged.fileOf(name).bytes(name).asFloatBuffer();
                assertClose(name, permuted(name, exact, config), tensor.numbers(), relative, ofBlock);
            }
        }
        assertThat(stored).hasSize(model.equals("llama3-rope") ? 1 : 0);
        assertThat(export.proof()).containsEntry("tensors_changed", 7 * config.layers());
    }

    private static void assertClose(String name, float[] exact, double[] found, double relative, double ofBlock) {
        boolean vector = name.contains("norm");
        for (int i = 0; i < exact.length; i++) {
            double largest = 0;
            for (int k = i / 32 * 32; k < Math.min(exact.length, i / 32 * 32 + 32); k++) {
                largest = Math.max(largest, Math.abs(exact[k]));
            }
            double allowed = vector ? 0 : relative * Math.abs(exact[i]) + ofBlock * largest;
            assertThat(found[i]).as(name + " " + i).isCloseTo(exact[i], within(allowed + (relative > 0 ? 0x1p-25 : 0)));
        }
    }

    /** torch: {@code w.reshape(heads, 2, size / 2, in).swapaxes(1, 2)} for q and k. */
    private static float[] permuted(String name, FloatBuffer exact, ModelConfig config) {
        float[] values = new float[exact.remaining()];
        exact.get(values);
        boolean query = name.endsWith("q_proj.weight");
        if (config.architecture().className().startsWith("Qwen")) {
            return values;
        }
        if (!query && !name.endsWith("k_proj.weight")) {
            return values;
        }
        int heads = query ? config.heads() : config.keyValueHeads();
        int half = config.headSize() / 2;
        int in = config.hiddenSize();
        float[] permuted = new float[values.length];
        int to = 0;
        for (int head = 0; head < heads; head++) {
            for (int pair = 0; pair < half; pair++) {
                for (int part = 0; part < 2; part++) {
                    int row = (head * 2 + part) * half + pair;
                    System.arraycopy(values, row * in, permuted, to++ * in, in);
                }
            }
        }
        return permuted;
    }

    private static String ggufName(String name) {
        return name.replace("model.layers.", "blk.")
                .replace("self_attn.o_proj", "attn_output")
                .replaceAll("self_attn\\.([qkv])_proj", "attn_$1")
                .replaceAll("self_attn\\.([qk])_norm", "attn_$1_norm")
                .replaceAll("mlp\\.(.*)_proj", "ffn_$1")
                .replace("input_layernorm", "attn_norm")
                .replace("post_attention_layernorm", "ffn_norm")
                .replace("model.embed_tokens", "token_embd")
                .replace("model.norm", "output_norm")
                .replace("lm_head", "output");
    }

    @Test
    void metadataDescribeTheModel() throws IOException {
        ExportFixture.of("silu").export("gguf", "q8_0", folder.resolve("gguf"));

        Map<String, Object> metadata = contents("q8_0", "llama-tied").metadata();
        assertThat(metadata)
                .containsEntry("general.architecture", "llama")
                .containsEntry("general.name", "llama-tied")
                .containsEntry("general.base_model.0.name", "llama-tied")
                .containsEntry("general.file_type", 7)
                .containsEntry("llama.vocab_size", 320)
                .containsEntry("llama.context_length", 512)
                .containsEntry("llama.embedding_length", 64)
                .containsEntry("llama.block_count", 2)
                .containsEntry("llama.feed_forward_length", 160)
                .containsEntry("llama.attention.head_count", 4)
                .containsEntry("llama.attention.head_count_kv", 2)
                .containsEntry("llama.attention.key_length", 16)
                .containsEntry("llama.attention.layer_norm_rms_epsilon", 1e-5f)
                .containsEntry("llama.rope.dimension_count", 16)
                .containsEntry("llama.rope.freq_base", 10_000f);
    }

    @ParameterizedTest
    @CsvSource({"mistral, llama, 16, 8", "qwen2, qwen2, 16, 512", "qwen3, qwen3, 32, 512"})
    void familiesHaveTheirOwnNames(String model, String architecture, int headSize, int context) throws IOException {
        FinishedExport export =
                ExportFixture.withRandomAdapter(model, folder).export("gguf", "f16", folder.resolve("gguf"));

        assertThat(contents("f16", model).metadata())
                .containsEntry("general.architecture", architecture)
                .containsEntry(architecture + ".attention.key_length", headSize)
                .containsEntry(architecture + ".attention.value_length", headSize)
                .containsEntry(architecture + ".context_length", context);
        assertThat((List<?>) export.proof().get("warnings")).hasSize(context < 512 ? 1 : 0);
    }

    @Test
    void tokenizerAndChatTemplateAreInTheFile() throws IOException {
        ExportFixture.of("silu").export("gguf", "f16", folder.resolve("gguf"));

        GgufContents contents = contents("f16", "llama-tied");
        assertThat(contents.metadata())
                .containsEntry("tokenizer.ggml.model", "gpt2")
                .containsEntry("tokenizer.ggml.pre", "smollm")
                .containsEntry("tokenizer.ggml.eos_token_id", 2)
                .containsEntry("tokenizer.ggml.eot_token_id", 2)
                .containsEntry("tokenizer.ggml.padding_token_id", 0)
                .containsEntry("tokenizer.ggml.add_bos_token", false)
                .doesNotContainKey("tokenizer.ggml.bos_token_id");
        assertThat(contents.list("tokenizer.ggml.tokens"))
                .hasSize(320)
                .startsWith("<|endoftext|>", "<|im_start|>", "<|im_end|>");
        assertThat(contents.list("tokenizer.ggml.token_type"))
                .startsWith(3, 3, 3, 1)
                .endsWith(1);
        assertThat(contents.list("tokenizer.ggml.merges")).startsWith("Ġ t", "h e");
        assertThat((String) contents.metadata().get("tokenizer.chat_template"))
                .contains("{% if true %}", "{% endif %}")
                .doesNotContain("generation %}");
    }

    /** inv_freq of the reference is transformers'. */
    @Test
    void rotaryScalingOfLlama3IsATensor() throws IOException {
        ExportFixture.withRandomAdapter("llama3-rope", folder).export("gguf", "f16", folder.resolve("gguf"));

        double[] factors =
                contents("f16", "llama3-rope").tensor("rope_freqs.weight").numbers();
        float[] expected = GoldenTensors.floats("models/llama3-rope/inv_freq.safetensors", "inv_freq");
        for (int i = 0; i < factors.length; i++) {
            assertThat(Math.pow(10_000, -2.0 * i / 16) / factors[i]).isCloseTo(expected[i], within(1e-7));
        }
        assertThat(factors[0]).isOne();
    }

    @Test
    void manifestTellsOfATokenizerThatLlamaCppSplitsOtherwise() throws IOException {
        Path base = ExportFixture.copyOfBase(folder.resolve("base"));
        Path tokenizer = base.resolve("tokenizer.json");
        Files.writeString(
                tokenizer,
                Files.readString(tokenizer).replace("\"individual_digits\": true", "\"individual_digits\": false"));
        FinishedExport export = ExportFixture.of("silu").on(base).export("gguf", "f32", folder.resolve("gguf"));

        assertThat(contents("f32", "llama-tied").metadata()).containsEntry("tokenizer.ggml.pre", "default");
        assertThat((List<?>) export.proof().get("warnings"))
                .singleElement()
                .asString()
                .contains("pre-tokenizer");
        assertThat(folder.resolve("gguf/manifest.json")).content().contains("pre-tokenizer");
    }

    @Test
    void proofTellsWhatRoundingDid() throws IOException {
        FinishedExport exact = ExportFixture.of("silu").export("gguf", "f32", folder.resolve("exact"));
        FinishedExport quantised = ExportFixture.of("silu").export("gguf", "q8_0", folder.resolve("gguf"));

        assertThat(exact.proof())
                .containsEntry("tensors_read_back", 20)
                .containsEntry("max_abs_error", 0.0)
                .containsEntry("warnings", List.of());
        assertThat((Double) quantised.proof().get("max_abs_error")).isBetween(1e-5, 1e-2);
    }

    @Test
    void weightThatTheTypeCannotHoldIsRefused() throws IOException {
        Path file = ExportFixture.changed(folder, "silu", "layers.1.mlp.up_proj.lora_B.weight", 3e6f);
        ExportFixture fixture = ExportFixture.of(GoldenRun.of("silu").config(), file, 0);

        assertThatThrownBy(() -> fixture.export("gguf", "f16", folder.resolve("gguf")))
                .isInstanceOfSatisfying(
                        ExportException.class,
                        e -> assertThat(e.code()).isEqualTo(ExportException.Code.NON_FINITE_DELTA))
                .hasMessageContaining("'blk.1.ffn_up.weight'")
                .hasMessageContaining("gguf_type bf16 and f32 hold it");
        assertThat(folder.resolve("gguf")).doesNotExist();
    }

    @Test
    void unknownTypeIsRefused() {
        assertThatThrownBy(() -> ExportFixture.of("silu").export("gguf", "q4_0", folder.resolve("gguf")))
                .hasMessageContaining("gguf_type must be f32, f16, bf16 or q8_0, found 'q4_0'");
    }

    private GgufContents contents(String type, String model) throws IOException {
        return GgufContents.read(folder.resolve("gguf/" + model + "-" + type.toUpperCase(Locale.ROOT) + ".gguf"));
    }
}
