package dev.anneal.engine.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.format.gguf.GgufContents;
import dev.anneal.engine.format.safetensors.WeightDirectory;
import dev.anneal.engine.network.lora.Adapter;
import dev.anneal.engine.network.model.AdapterDropout;
import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.model.EmbeddingModels;
import dev.anneal.engine.network.model.GoldenTensors;
import dev.anneal.engine.network.model.Logits;
import dev.anneal.engine.network.objective.TokenRows;
import dev.anneal.engine.network.torch.ElementType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Exports of a model that stores an output embedding of its own beside {@code tie_word_embeddings: true}. */
class StoredHeadExportTest {

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Path folder;

    // #17
    @Test
    void theMergedModelHasItAndSaysSo() throws IOException {
        Path base = EmbeddingModels.of("stored-head", folder.resolve("base"));
        ExportFixture fixture = ExportFixture.of("silu").on(base);

        fixture.export("merged", "base", folder.resolve("out"));

        assertThat(folder.resolve("out/config.json")).content().contains("\"tie_word_embeddings\": false");
        assertThat(GoldenTensors.largestDifference(head(folder.resolve("out")), head(base)))
                .isZero();
        try (DecoderModel model = DecoderModel.load(base, ElementType.FLOAT32, TestDevice.NAME);
                Adapter adapter =
                        Adapter.load(model, fixture.config(), fixture.adapter().weights());
                DecoderModel merged = DecoderModel.load(folder.resolve("out"), ElementType.FLOAT32, TestDevice.NAME)) {
            assertThat(GoldenTensors.largestDifference(
                            logits(merged, merged.noAdapter()), logits(model, adapter.apply(0, AdapterDropout.NONE))))
                    .isLessThan(TestDevice.tolerance(5e-5));
        }
    }

    @Test
    void aStoredCopyIsLeftOutAsIfItWereNotThere() throws IOException {
        Path base = EmbeddingModels.of("stored-copy", folder.resolve("base"));

        ExportFixture.of("silu").on(base).export("merged", "base", folder.resolve("out"));

        assertThat(folder.resolve("out/config.json")).hasSameBinaryContentAs(base.resolve("config.json"));
        try (WeightDirectory weights = WeightDirectory.open(folder.resolve("out"))) {
            assertThat(weights.contains("lm_head.weight")).isFalse();
        }
    }

    @Test
    void theGgufFileHasIt() throws IOException {
        Path base = EmbeddingModels.of("stored-head", folder.resolve("base"));

        ExportFixture.of("silu").on(base).export("gguf", "f32", folder.resolve("out"));

        Path file;
        try (Stream<Path> files = Files.list(folder.resolve("out"))) {
            file = files.filter(path -> path.toString().endsWith(".gguf"))
                    .findFirst()
                    .orElseThrow();
        }
        float[] expected = head(base);
        double[] found = GgufContents.read(file).tensor("output.weight").numbers();
        assertThat(found).hasSameSizeAs(expected);
        assertThat(IntStream.range(0, found.length).allMatch(at -> found[at] == expected[at]))
                .isTrue();
    }

    private static float[] head(Path directory) throws IOException {
        try (WeightDirectory weights = WeightDirectory.open(directory)) {
            float[] values = new float[320 * 64];
            weights.fileOf("lm_head.weight")
                    .bytes("lm_head.weight")
                    .asFloatBuffer()
                    .get(values);
            return values;
        }
    }

    private static float[] logits(DecoderModel model, AppliedAdapter adapter) {
        TokenRows rows = TokenRows.of(List.of(new int[] {1, 5, 9, 200, 31, 8}));
        return Logits.of(model, rows, adapter);
    }
}
