package dev.anneal.engine.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.export.weight.ExportException;
import dev.anneal.engine.format.gguf.GgufContents;
import dev.anneal.engine.format.safetensors.Dtype;
import dev.anneal.engine.format.safetensors.SafetensorsWriter;
import dev.anneal.engine.format.safetensors.TensorData;
import dev.anneal.engine.format.safetensors.TensorEntry;
import dev.anneal.engine.format.safetensors.TensorsInMemory;
import dev.anneal.engine.format.safetensors.WeightDirectory;
import dev.anneal.engine.network.model.GoldenTensors;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.TensorScope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Exports of checkpoints of which all weights were trained. */
class FullModelTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"llama-untied-gqa, base, BF16", "qwen2, float32, F32", "qwen3, bfloat16, BF16"})
    void theWeightsAreTheTrainedOnesRoundedOnce(String model, String dtype, Dtype stored) throws IOException {
        Path base = GoldenTensors.path("models/" + model);
        Path checkpoint = trained(base, 0.01f);

        FinishedExport export = export(base, checkpoint, "merged", dtype);

        try (WeightDirectory before = WeightDirectory.open(base);
                WeightDirectory masters = WeightDirectory.open(checkpoint);
                WeightDirectory written = WeightDirectory.open(folder.resolve("out"));
                TensorScope scope = TensorScope.open(TestDevice.NAME)) {
            assertThat(written.names()).containsExactlyInAnyOrderElementsOf(before.names());
            for (String name : written.names()) {
                assertThat(written.entry(name).dtype()).isEqualTo(stored);
                float[] exact = floats(scope, masters, name);
                assertThat(floats(scope, written, name))
                        .as(name)
                        .isEqualTo(stored == Dtype.F32 ? exact : rounded(scope, exact));
            }
            assertThat(export.proof())
                    .containsEntry("tensors_changed", before.names().size())
                    .containsEntry("tensors_targeted", before.names().size())
                    .containsEntry("differs_from_base", true)
                    .containsEntry("top1_agreement", 1.0);
        }
        assertThat(folder.resolve("out/manifest.json")).content().contains("\"adapter\": null", "\"step\": 12");
        assertThat(folder.resolve("out/tokenizer.json")).exists();
        assertThat(folder.resolve("out/ANNEAL.md")).content().contains("| trained | all weights, no adapter |");
    }

    @Test
    void ggufFilesHoldTheMasters() throws IOException {
        Path base = GoldenTensors.path("models/qwen3");
        Path checkpoint = trained(base, 0.01f);

        FinishedExport export = export(base, checkpoint, "gguf", "f32");

        GgufContents written = GgufContents.read(folder.resolve("out/model-F32.gguf"));
        try (WeightDirectory masters = WeightDirectory.open(checkpoint);
                TensorScope scope = TensorScope.open(TestDevice.NAME)) {
            assertThat(written.tensors()).hasSize(masters.names().size());
            float[] exact = floats(scope, masters, "model.layers.1.mlp.down_proj.weight");
            double[] found = written.tensor("blk.1.ffn_down.weight").numbers();
            for (int i = 0; i < exact.length; i++) {
                assertThat(found[i]).isEqualTo(exact[i]);
            }
            assertThat(export.proof())
                    .containsEntry("tensors_changed", masters.names().size())
                    .containsEntry("max_abs_error", 0.0);
        }
    }

    @Test
    void whatIsNoModelOfItsOwnIsRefused() throws IOException {
        Path base = GoldenTensors.path("models/qwen3");

        assertThat(refused(base, trained(base, 0), "merged")).isEqualTo(ExportException.Code.MERGE_EQUALS_BASE);
        assertThat(refused(base, trained(base, 0), "gguf")).isEqualTo(ExportException.Code.MERGE_EQUALS_BASE);
        assertThat(refused(base, trained(base, Float.NaN), "gguf")).isEqualTo(ExportException.Code.NON_FINITE_DELTA);
        assertThat(refused(base, trained(base, Float.NaN), "merged")).isIn(ExportException.Code.NON_FINITE_DELTA);
        assertThat(refused(base, trained(base, 1), "adapter")).isEqualTo(ExportException.Code.INVALID_EXPORT);
        assertThat(Files.exists(folder.resolve("out"))).isFalse();
    }

    private ExportException.Code refused(Path base, Path checkpoint, String kind) {
        String dtype = kind.equals("gguf") ? "f16" : "base";
        return catchThrowableOfType(ExportException.class, () -> export(base, checkpoint, kind, dtype))
                .code();
    }

    private FinishedExport export(Path base, Path checkpoint, String kind, String dtype) throws IOException {
        return new Exporter(
                        new ExportedBase("model", null, base, "abc"),
                        new Trained(
                                checkpoint.resolve(WeightDirectory.SINGLE_FILE),
                                null,
                                0,
                                12,
                                24,
                                ExportFixture.SETTINGS,
                                "abc",
                                null,
                                "def"),
                        null)
                .export(ExportFixture.request(kind, dtype, ExportFixture.TRAINING), folder.resolve("out"));
    }

    /** The base's weights, each moved at random by up to {@code size}, as a checkpoint holds them. */
    private Path trained(Path base, float size) throws IOException {
        Path checkpoint = Files.createDirectories(folder.resolve("checkpoint-" + size));
        Random random = new Random(5);
        List<TensorData> tensors = new ArrayList<>();
        try (WeightDirectory weights = WeightDirectory.open(base);
                TensorScope scope = TensorScope.open(TestDevice.NAME)) {
            for (String name : weights.names()) {
                float[] values = floats(scope, weights, name);
                for (int i = 0; i < values.length; i++) {
                    values[i] += size * (random.nextFloat() - 0.5f);
                }
                tensors.add(TensorsInMemory.ofFloats(name, weights.entry(name).shape(), values));
            }
        }
        SafetensorsWriter.write(checkpoint.resolve("model.safetensors"), tensors);
        return checkpoint;
    }

    private static float[] floats(TensorScope scope, WeightDirectory weights, String name) throws IOException {
        TensorEntry entry = weights.entry(name);
        ElementType type = ElementType.of(entry.dtype()).orElseThrow();
        long[] shape = entry.shape().stream().mapToLong(Long::longValue).toArray();
        return scope.ofBytes(weights.fileOf(name).bytes(name), type, shape).toFloats();
    }

    private static float[] rounded(TensorScope scope, float[] values) {
        return scope.floats(values, values.length)
                .to(scope, ElementType.BFLOAT16)
                .toFloats();
    }
}
