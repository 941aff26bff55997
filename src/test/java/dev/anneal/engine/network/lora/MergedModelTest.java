package dev.anneal.engine.network.lora;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.format.safetensors.Dtype;
import dev.anneal.engine.format.safetensors.SafetensorsWriter;
import dev.anneal.engine.format.safetensors.TensorData;
import dev.anneal.engine.format.safetensors.WeightDirectory;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.model.GoldenTensors;
import dev.anneal.engine.network.model.Logits;
import dev.anneal.engine.network.objective.TokenRows;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Weights merged tensor by tensor are a checkpoint that gives the logits of the reference. */
class MergedModelTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "llama-tied, silu",
        "llama-tied, relu",
        "llama-tied, rslora",
        "llama-tied, lora",
        "qwen3, silu",
        "qwen3, rslora"
    })
    void mergedModelsGiveTheLogitsOfTheReference(String model, String name) throws IOException {
        GoldenRun run = GoldenRun.of(model, name);
        mergeInto(folder, run);
        String inputs = run.inputs();
        TokenRows rows = TokenRows.of(GoldenTensors.ragged(
                GoldenTensors.ints(inputs, "input_ids"), GoldenTensors.ints(inputs, "attention_mask"), 24));
        try (DecoderModel merged = DecoderModel.load(folder, ElementType.FLOAT32, TestDevice.NAME)) {
            float[] logits = Logits.of(merged, rows, merged.noAdapter());

            assertThat(GoldenTensors.largestDifference(
                            logits,
                            GoldenTensors.unpadded(
                                    GoldenTensors.floats(run.file("eval"), "logits_merged"), rows, 24, 320)))
                    .isLessThan(TestDevice.tolerance(2e-5));
        }
    }

    private static void mergeInto(Path folder, GoldenRun run) throws IOException {
        Map<String, float[]> adapter = GoldenTensors.all(run.file("final"));
        List<TensorData> tensors = new ArrayList<>();
        Path model = GoldenTensors.path(run.model());
        try (WeightDirectory base = WeightDirectory.open(model);
                TensorScope scope = TensorScope.open(TestDevice.NAME)) {
            AdapterMerge merge = new AdapterMerge(scope);
            for (String name : base.names()) {
                List<Long> shape = base.entry(name).shape();
                ByteBuffer bytes = base.fileOf(name).bytes(name);
                String module = "base_model.model." + name.replace(".weight", "");
                float @Nullable [] a = adapter.get(module + ".lora_A.weight");
                float @Nullable [] b = adapter.get(module + ".lora_B.weight");
                if (a != null && b != null) {
                    Tensor weight = scope.ofBytes(bytes, ElementType.FLOAT32, shape.get(0), shape.get(1));
                    Tensor merged = merge.merge(
                                    scope,
                                    weight,
                                    scope.floats(a, 4, shape.get(1)),
                                    scope.floats(b, shape.get(0), 4),
                                    run.config().scale(),
                                    ElementType.FLOAT32)
                            .weight();
                    bytes = merged.toBytes();
                }
                tensors.add(TensorData.of(name, Dtype.F32, shape, bytes));
            }
            SafetensorsWriter.write(folder.resolve("model.safetensors"), tensors);
        }
        Files.copy(model.resolve("config.json"), folder.resolve("config.json"));
    }
}
