package dev.anneal.engine.format.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anneal.penetration.Penetration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A directory is read only if its index and its files agree. */
class WeightDirectoryTest {

    private static final String ONE = "model-00001-of-00002.safetensors";
    private static final String TWO = "model-00002-of-00002.safetensors";

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Path folder;

    @Test
    void singleFileIsRead() throws IOException {
        write(WeightDirectory.SINGLE_FILE, "a", "b");

        try (WeightDirectory weights = WeightDirectory.open(folder)) {
            assertThat(weights.names()).containsExactly("a", "b");
            assertThat(weights.fileOf("b").bytes("b").get(1)).isEqualTo((byte) 1);
            assertThat(weights.files()).hasSize(1);
        }
    }

    @Test
    void shardsAreRead() throws IOException {
        write(ONE, "a");
        write(TWO, "b");
        index("{\"metadata\":{\"total_size\":4},\"weight_map\":{\"a\":\"%s\",\"b\":\"%s\"}}".formatted(ONE, TWO));

        try (WeightDirectory weights = WeightDirectory.open(folder)) {
            assertThat(weights.names()).containsExactlyInAnyOrder("a", "b");
            assertThat(weights.fileOf("b").path()).isEqualTo(folder.resolve(TWO));
            assertThat(weights.contains("c")).isFalse();
            assertThatThrownBy(() -> weights.entry("c")).hasMessageContaining("no tensor 'c'");
        }
    }

    @Test
    void languageModelInAMultimodalCheckpointIsNamedAsAlone() throws IOException {
        write(ONE, "language_model.model.norm.weight", "vision_tower.norm.weight");
        write(TWO, "language_model.lm_head.weight", "model.language_model.layers.0.mlp.up_proj.weight");
        index("""
                {"weight_map": {"language_model.model.norm.weight": "%1$s", "vision_tower.norm.weight": "%1$s",
                 "language_model.lm_head.weight": "%2$s", "model.language_model.layers.0.mlp.up_proj.weight": "%2$s"}}
                """.formatted(ONE, TWO));

        try (WeightDirectory weights = WeightDirectory.open(folder)) {
            assertThat(weights.names())
                    .containsExactly(
                            "model.norm.weight",
                            "vision_tower.norm.weight",
                            "lm_head.weight",
                            "model.layers.0.mlp.up_proj.weight");
            assertThat(weights.fileOf("lm_head.weight").bytes("lm_head.weight").remaining())
                    .isPositive();
            assertThat(weights.storedName("lm_head.weight")).isEqualTo("language_model.lm_head.weight");
            assertThat(weights.storedName("vision_tower.norm.weight")).isEqualTo("vision_tower.norm.weight");
            assertThatThrownBy(() -> weights.storedName("c")).hasMessageContaining("no tensor 'c'");
        }
    }

    @Penetration
    @Test
    void oneTensorUnderTwoNamesIsRefused() throws IOException {
        write(WeightDirectory.SINGLE_FILE, "model.norm.weight", "language_model.model.norm.weight");

        assertRefused("tensor 'model.norm.weight' is there twice, under two spellings of its name");

        Files.delete(folder.resolve(WeightDirectory.SINGLE_FILE));
        write(ONE, "model.norm.weight");
        write(TWO, "model.language_model.norm.weight");
        index("{\"weight_map\": {\"model.norm.weight\": \"%s\", \"model.language_model.norm.weight\": \"%s\"}}"
                .formatted(ONE, TWO));

        assertRefused("tensor 'model.norm.weight' is there twice, under two spellings of its name");
    }

    @Penetration
    @Test
    void indexLyingAboutATensorIsRefused() throws IOException {
        write(ONE, "a");
        write(TWO, "b");
        index("{\"weight_map\":{\"a\":\"%s\",\"b\":\"%s\"}}".formatted(ONE, ONE));

        assertRefused("says that tensor 'b' is in '" + ONE + "', which does not hold it");
    }

    @Test
    void tensorThatTheIndexDoesNotNameIsRefused() throws IOException {
        write(ONE, "a", "b");
        index("{\"weight_map\":{\"a\":\"%s\"}}".formatted(ONE));

        assertRefused("does not name tensor 'b'");
    }

    @Test
    void tensorInTwoShardsIsRefused() throws IOException {
        write(ONE, "a", "b");
        write(TWO, "b", "c");
        index("{\"weight_map\":{\"a\":\"%1$s\",\"b\":\"%1$s\",\"c\":\"%2$s\"}}".formatted(ONE, TWO));

        assertRefused("tensor 'b' is in two shards");
    }

    @Test
    void missingShardIsNamed() throws IOException {
        write(ONE, "a");
        index("{\"weight_map\":{\"a\":\"%s\",\"b\":\"%s\"}}".formatted(ONE, TWO));

        assertRefused("names the shard '" + TWO + "', which is missing");
    }

    @Penetration
    @ParameterizedTest
    @ValueSource(
            strings = {
                "../secret.safetensors",
                "/etc/secret.safetensors",
                "sub/secret.safetensors",
                "..\\\\secret.safetensors",
                ".hidden.safetensors",
                "model.bin",
                "",
                "a\\u0000.safetensors"
            })
    void shardOutsideTheFolderIsRefused(String shard) throws IOException {
        Files.createDirectories(folder.resolve("sub"));
        write("sub/secret.safetensors", "a");
        index("{\"weight_map\":{\"a\":\"" + shard + "\"}}");

        assertRefused("no name of a safetensors file in this folder");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{",
                "[]",
                "{}",
                "{\"weight_map\":[]}",
                "{\"weight_map\":{}}",
                "{\"weight_map\":{\"a\":1}}",
                "{\"weight_map\":{\"a\":\"x.safetensors\",\"a\":\"x.safetensors\"}}"
            })
    void brokenIndexIsRefused(String index) throws IOException {
        write("x.safetensors", "a");
        index(index);

        assertRefused(WeightDirectory.INDEX);
    }

    @Penetration
    @Test
    void pickledWeightsAreRefusedWithTheReason() throws IOException {
        Files.write(folder.resolve("pytorch_model.bin"), new byte[] {(byte) 0x80, 2});

        assertRefused("only pickled weights (pytorch_model.bin), which are refused because loading them runs code");
    }

    @Test
    void folderWithoutWeightsSaysWhatIsMissing() {
        assertRefused("must hold model.safetensors or model.safetensors.index.json but has neither");
    }

    private void assertRefused(String reason) {
        assertThatThrownBy(() -> WeightDirectory.open(folder))
                .isInstanceOf(SafetensorsException.class)
                .hasMessageContaining(reason);
    }

    private void write(String name, String... tensors) throws IOException {
        SafetensorsWriter.write(
                folder.resolve(name),
                List.of(tensors).stream()
                        .map(tensor -> Samples.bytes(tensor, Dtype.U8, List.of(2L), 2))
                        .toList());
    }

    private void index(String json) throws IOException {
        Files.writeString(folder.resolve(WeightDirectory.INDEX), json);
    }
}
