package dev.anneal.engine.network.peft;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anneal.engine.format.safetensors.Dtype;
import dev.anneal.engine.format.safetensors.SafetensorsFile;
import dev.anneal.engine.format.safetensors.SafetensorsWriter;
import dev.anneal.engine.format.safetensors.TensorData;
import dev.anneal.engine.format.safetensors.TensorEntry;
import dev.anneal.engine.network.architecture.ModelConfig;
import dev.anneal.engine.network.architecture.Projections;
import dev.anneal.engine.network.model.GoldenTensors;
import dev.anneal.penetration.Penetration;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An adapter that PEFT saved (golden/ORIGIN.md) is taken over value by value; what the engine would compute otherwise
 * is refused by name.
 */
class ImportedAdapterTest {

    private static final String GOLDEN = "peft/llama-tied-silu";
    private static final String WEIGHTS = "adapter_model.safetensors";
    private static final String FIRST = "base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight";

    @TempDir
    Path folder;

    @Test
    void valuesAreThoseThatPeftSaved() throws IOException {
        Path written = folder.resolve("written.safetensors");

        try (ImportedAdapter adapter = open(tar(settings(), weights()))) {
            assertThat(adapter.config().rank()).isEqualTo(4);
            assertThat(adapter.config().alpha()).isEqualTo(8);
            assertThat(adapter.config().rslora()).isFalse();
            assertThat(adapter.config().targets()).isEqualTo(EnumSet.copyOf(Projections.SEPARATE.all()));
            adapter.writeTo(written);
        }

        assertThat(written).hasSameBinaryContentAs(GoldenTensors.path(GOLDEN).resolve(WEIGHTS));
    }

    @Test
    void rankStabilisedAdapterOfAnotherFamilyIsRead() throws IOException {
        Path written = folder.resolve("written.safetensors");
        Path saved = GoldenTensors.path("peft/qwen3-rslora");
        byte[] archive =
                tar(Files.readString(saved.resolve("adapter_config.json")), Files.readAllBytes(saved.resolve(WEIGHTS)));
        Path file = Files.write(folder.resolve("adapter.tar"), archive);

        try (ImportedAdapter adapter =
                ImportedAdapter.open(file, ModelConfig.read(GoldenTensors.path("models/qwen3/config.json")))) {
            assertThat(adapter.config().rslora()).isTrue();
            adapter.writeTo(written);
        }

        assertThat(written).hasSameBinaryContentAs(saved.resolve(WEIGHTS));
    }

    @Test
    void namesMayLackThePrefixAndHoldTheAdaptersName() throws IOException {
        Path written = folder.resolve("written.safetensors");
        byte[] renamed = rewritten(
                name -> name.substring("base_model.model.".length()).replace(".weight", ".default.weight"), Dtype.F32);

        try (ImportedAdapter adapter = open(tar(settings(), renamed))) {
            adapter.writeTo(written);
        }

        assertThat(written).hasSameBinaryContentAs(GoldenTensors.path(GOLDEN).resolve(WEIGHTS));
    }

    @ParameterizedTest
    @ValueSource(strings = {"BF16", "F16"})
    void shorterTypesAreWidened(Dtype type) throws IOException {
        Path written = folder.resolve("written.safetensors");

        try (ImportedAdapter adapter = open(tar(settings(), rewritten(UnaryOperator.identity(), type)))) {
            adapter.writeTo(written);
        }

        float[] values = floats(written, FIRST);
        float[] saved = GoldenTensors.floats(GOLDEN + "/" + WEIGHTS, FIRST);
        for (int i = 0; i < values.length; i++) {
            assertThat(values[i]).isEqualTo(type == Dtype.BF16 ? bf16(saved[i]) : saved[i] < 0 ? -0.5f : 0x1.8p-20f);
        }
    }

    @Penetration
    @Test
    void entriesOfOtherKindsAreSkipped() throws IOException {
        byte[] archive = new TarOf()
                .entry("./", '5', new byte[0])
                .entry("PaxHeader/adapter_config.json", 'x', "27 mtime=1700000000.1234567\n".getBytes(UTF_8))
                .entry("elsewhere/adapter_config.json", '2', new byte[0])
                .file("run/adapter/adapter_config.json", settings().getBytes(UTF_8))
                .file("../../README.md", new byte[700])
                .file("run/adapter/" + WEIGHTS, weights())
                .toBytes();

        try (ImportedAdapter adapter = open(archive)) {
            assertThat(adapter.config().rank()).isEqualTo(4);
        }
    }

    @Penetration
    @ParameterizedTest
    @CsvSource({
        "../outside, 0",
        "../../../../../../tmp/outside, 0",
        "/tmp/outside, 0",
        "../adapter-sibling/outside, 0",
        "..\\outside, 0",
        "a/../../outside, 0",
        "C:\\outside, 0",
        "outside, 1",
        "outside, 2",
        "outside, 3",
        "outside, 4",
        "outside, 6",
        "outside, 7",
        "outside, S"
    })
    void entriesWriteNothingWhateverTheyAreNamed(String name, char type) throws IOException {
        byte[] archive = new TarOf()
                .entry(name, type, new byte[0])
                .file("adapter_config.json", settings().getBytes(UTF_8))
                .file(WEIGHTS, weights())
                .toBytes();

        try (ImportedAdapter adapter = open(archive)) {
            assertThat(adapter.config().rank()).isEqualTo(4);
            adapter.writeTo(folder.resolve("written.safetensors"));
        }
        try (var found = Files.walk(folder)) {
            assertThat(found.map(path -> path.getFileName().toString())).doesNotContain("outside");
        }
        for (String sibling : List.of("outside", "adapter-sibling", "adapter-sibling/outside")) {
            assertThat(folder.resolveSibling(sibling)).doesNotExist();
        }
        assertThat(Path.of("/tmp/outside")).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            "use_dora": false         | "use_dora": true                      | 'use_dora' of adapter_config.json is true
            "bias": "none"            | "bias": "lora_only"                   | 'bias' of adapter_config.json is "lora_only"
            "modules_to_save": null   | "modules_to_save": ["lm_head"]        | 'modules_to_save' of adapter_config.json is ["lm_head"]
            "use_qalora": false       | "use_qalora": true                    | 'use_qalora'
            "layer_replication": null | "layer_replication": [[0, 2]]         | 'layer_replication'
            "fan_in_fan_out": false   | "fan_in_fan_out": true                | 'fan_in_fan_out'
            "use_bdlora": null        | "new_key_of_2027": 0.5                | 'new_key_of_2027' of adapter_config.json is 0.5, which is not supported
            "peft_type": "LORA"       | "peft_type": "ADALORA"                | 'peft_type' of adapter_config.json is "ADALORA"
            "task_type": "CAUSAL_LM"  | "task_type": "SEQ_CLS"                | 'task_type'
            "init_lora_weights": true | "init_lora_weights": "pissa"          | 'init_lora_weights' of adapter_config.json is "pissa", which changes the base
            "rank_pattern": {}        | "rank_pattern": {"q_proj": 8}         | 'rank_pattern' of adapter_config.json is {"q_proj":8}, but all modules
            "alpha_pattern": {}       | "alpha_pattern": {"q_proj": 8.5}      | 'alpha_pattern'
            "r": 4                    | "r": 0                                | 'r' of adapter_config.json is 0
            "r": 4                    | "r": 3                                | but must be F32, BF16 or F16 [3,
            "lora_alpha": 8.0         | "lora_alpha": -1                      | 'lora_alpha'
            "lora_dropout": 0.0       | "lora_dropout": 1.0                   | 'lora_dropout'
            "r": 4                    | "r": 4, "r": 8                        | not valid JSON
            "down_proj",              |                                       | 'target_modules' of adapter_config.json names [gate_proj, k_proj
            """)
    void settingIsRefusedByName(String before, String after, String words) throws IOException {
        String changed = settings().replace(before, after == null ? "" : after);
        byte[] archive = tar(changed, weights());

        assertThat(changed).isNotEqualTo(settings());
        assertThatThrownBy(() -> open(archive))
                .isInstanceOf(PeftException.class)
                .hasMessageContaining(words);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            rank_pattern": {}   | rank_pattern": {"q_proj": 4}
            target_modules": [  | target_modules": "all-linear", "runtime_config": [
            target_modules": [  | target_modules": ".*_proj", "runtime_config": [
            use_rslora": false  | use_rslora": true
            """)
    void settingsThatAgreeWithTheTensorsAreRead(String before, String after) throws IOException {
        try (ImportedAdapter adapter = open(tar(settings().replace(before, after), weights()))) {
            assertThat(adapter.config().rslora()).isEqualTo(after.contains("rslora"));
        }
    }

    @Penetration
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            layers.0.self_attn.q_proj | layers.7.self_attn.q_proj      | layers.7.self_attn.q_proj.lora_A.weight' is no A or B
            layers.0.self_attn.q_proj | layers.0.self_attn.r_proj      | is no A or B of a projection of this model, which has 2 layers
            0.self_attn.q_proj.lora_A | 0.self_attn.q_proj.lora_magnitude_vector | DoRA
            model.layers.0.self_attn.q_proj.lora_A | embed_tokens.lora_embedding_A | an embedding or the head
            """)
    void tensorIsRefusedByName(String before, String after, String words) throws IOException {
        byte[] archive = tar(settings(), rewritten(name -> name.replace(before, after), Dtype.F32));

        assertThatThrownBy(() -> open(archive))
                .isInstanceOf(PeftException.class)
                .hasMessageContaining(words);
    }

    @Test
    void missingTensorIsNamed() throws IOException {
        List<TensorData> tensors = tensors(UnaryOperator.identity(), Dtype.F32);
        tensors.removeIf(tensor -> tensor.name().contains("layers.1.mlp.up_proj.lora_B"));
        byte[] archive = tar(settings(), written(tensors));

        assertThatThrownBy(() -> open(archive))
                .hasMessageContaining("layers.1.mlp.up_proj.lora_B.weight'; each adapted");
    }

    @Test
    void valueThatIsNoNumberIsRefused() throws IOException {
        byte[] weights = weights();
        ByteBuffer.wrap(weights).order(ByteOrder.LITTLE_ENDIAN).putFloat(weights.length - 4, Float.NaN);

        try (ImportedAdapter adapter = open(tar(settings(), weights))) {
            assertThatThrownBy(() -> adapter.writeTo(folder.resolve("written.safetensors")))
                    .isInstanceOf(PeftException.class)
                    .hasMessageContaining("holds the value NaN");
        }
    }

    @Penetration
    @Test
    void archiveThatIsNoneIsRefused() throws IOException {
        byte[] whole = tar(settings(), weights());

        assertRefused("any text, longer than a block. ".repeat(40).getBytes(UTF_8), "no tar archive");
        assertRefused(new byte[] {0x1f, (byte) 0x8b, 8, 0}, "ends in the middle of an entry");
        assertRefused(zeros(0x1f, 0x8b), "compressed with gzip");
        assertRefused(zeros('P', 'K'), "is a zip");
        assertRefused(new byte[0], "ends in the middle");
        assertRefused(new byte[1024], "has no 'adapter_model.safetensors'");
        assertRefused(new TarOf().file("adapter_model.bin", new byte[9]).toBytes(), "safe_serialization=True");
        assertRefused(new TarOf().file(WEIGHTS, weights()).toBytes(), "has no 'adapter_config.json'");
        assertRefused(
                new TarOf()
                        .file(WEIGHTS, weights())
                        .file("b/" + WEIGHTS, weights())
                        .toBytes(),
                "two files named");
        assertRefused(Arrays.copyOf(whole, whole.length / 2), "but the archive ends after");
        assertRefused(
                new TarOf().entry(WEIGHTS, '0', "77777777777 ", new byte[0]).toBytes(), "has 8589934591 bytes but");
        assertRefused(
                new TarOf().entry(WEIGHTS, '0', "\u0000eight", new byte[0]).toBytes(), "where a number must stand");
        assertRefused(
                new TarOf()
                        .file("adapter_config.json", new byte[(1 << 20) + 1])
                        .file(WEIGHTS, weights())
                        .toBytes(),
                "at most 1048576 are read");
        assertRefused(tar(settings(), "{}".getBytes(UTF_8)), WEIGHTS + ": must begin with 8 bytes");
    }

    private void assertRefused(byte[] archive, String words) {
        assertThatThrownBy(() -> open(archive))
                .isInstanceOf(PeftException.class)
                .hasMessageContaining(words);
    }

    private static byte[] zeros(int first, int second) {
        byte[] block = new byte[512];
        block[0] = (byte) first;
        block[1] = (byte) second;
        return block;
    }

    private ImportedAdapter open(byte[] archive) throws IOException {
        Path file = Files.write(folder.resolve("adapter.tar"), archive);
        return ImportedAdapter.open(file, ModelConfig.read(GoldenTensors.path("models/llama-tied/config.json")));
    }

    private static byte[] tar(String settings, byte[] weights) {
        return new TarOf()
                .file("./adapter_config.json", settings.getBytes(UTF_8))
                .file("./" + WEIGHTS, weights)
                .toBytes();
    }

    private static String settings() throws IOException {
        return Files.readString(GoldenTensors.path(GOLDEN).resolve("adapter_config.json"));
    }

    private static byte[] weights() throws IOException {
        return Files.readAllBytes(GoldenTensors.path(GOLDEN).resolve(WEIGHTS));
    }

    private byte[] rewritten(UnaryOperator<String> name, Dtype type) throws IOException {
        return written(tensors(name, type));
    }

    private byte[] written(List<TensorData> tensors) throws IOException {
        Path file = folder.resolve("changed.safetensors");
        SafetensorsWriter.write(file, tensors);
        return Files.readAllBytes(file);
    }

    private static List<TensorData> tensors(UnaryOperator<String> name, Dtype type) throws IOException {
        List<TensorData> tensors = new ArrayList<>();
        try (SafetensorsFile file =
                SafetensorsFile.open(GoldenTensors.path(GOLDEN).resolve(WEIGHTS))) {
            for (TensorEntry entry : file.tensors().values()) {
                ByteBuffer values = converted(file.bytes(entry.name()), type);
                tensors.add(TensorData.of(name.apply(entry.name()), type, entry.shape(), values));
            }
        }
        return tensors;
    }

    /** To F16 not the value but one of its sign: -0.5, or 24 x 2^-24, which is subnormal there. */
    private static ByteBuffer converted(ByteBuffer floats, Dtype type) {
        if (type == Dtype.F32) {
            return floats;
        }
        ByteBuffer shorts = ByteBuffer.allocate(floats.remaining() / 2).order(ByteOrder.LITTLE_ENDIAN);
        while (floats.hasRemaining()) {
            float value = floats.getFloat();
            int half = value < 0 ? 0xb800 : 24;
            shorts.putShort((short) (type == Dtype.BF16 ? Float.floatToIntBits(value) >>> 16 : half));
        }
        return shorts.flip();
    }

    private static float bf16(float value) {
        return Float.intBitsToFloat(Float.floatToIntBits(value) & 0xffff0000);
    }

    private static float[] floats(Path file, String tensor) throws IOException {
        try (SafetensorsFile opened = SafetensorsFile.open(file)) {
            ByteBuffer bytes = opened.bytes(tensor);
            float[] values = new float[bytes.remaining() / Float.BYTES];
            bytes.asFloatBuffer().get(values);
            return values;
        }
    }
}
