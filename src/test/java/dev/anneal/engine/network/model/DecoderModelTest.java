package dev.anneal.engine.network.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.network.objective.LossSums;
import dev.anneal.engine.network.objective.Targets;
import dev.anneal.engine.network.objective.TokenRows;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.TensorScope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Logits and losses are those of transformers for the same checkpoints (golden/ORIGIN.md), whole or in pieces. */
class DecoderModelTest {

    private static final int WIDTH = 24;
    private static final int VOCABULARY = 320;

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"llama-tied", "llama-untied-gqa", "llama3-rope", "mistral", "qwen2", "qwen3"})
    void logitsAndLossAreThoseOfTransformers(String name) throws IOException {
        String expected = "models/" + name + "/expected.safetensors";
        TokenRows rows = TokenRows.of(rows(expected, "input_ids"));
        Targets targets = Targets.of(rows, rows(expected, "labels"), -100);
        try (DecoderModel model =
                        DecoderModel.load(GoldenTensors.path("models/" + name), ElementType.FLOAT32, TestDevice.NAME);
                TensorScope scope = model.scope().child()) {
            float[] logits = logits(model, scope, rows);
            LossSums loss = model.loss(scope, new PassInput(rows, targets), model.noAdapter(), () -> {});

            assertThat(GoldenTensors.largestDifference(
                            logits,
                            GoldenTensors.unpadded(GoldenTensors.floats(expected, "logits"), rows, WIDTH, VOCABULARY)))
                    .isLessThan(TestDevice.tolerance(2e-5));
            assertThat(loss.mean())
                    .isCloseTo(GoldenTensors.floats(expected, "mean_nll")[0], within(TestDevice.tolerance(1e-5)));
        }
    }

    @Test
    void rowsDoNotSeeEachOther() throws IOException {
        List<int[]> together = rows("models/llama-tied/expected.safetensors", "input_ids");
        try (DecoderModel model = load("llama-tied");
                TensorScope scope = model.scope().child()) {
            float[] first = logits(model, scope, TokenRows.of(together.subList(0, 1)));
            float[] both = logits(model, scope, TokenRows.of(together));

            assertThat(GoldenTensors.largestDifference(first, Arrays.copyOf(both, first.length)))
                    .isLessThan(TestDevice.tolerance(2e-5));
        }
    }

    /** What a model could read costs nothing: angles are made for the positions in use. */
    @Test
    void aModelOfManyPositionsIsTheSameModel() throws IOException {
        Path original = GoldenTensors.path("models/llama-tied");
        Files.copy(original.resolve("model.safetensors"), folder.resolve("model.safetensors"));
        Files.writeString(
                folder.resolve("config.json"),
                Files.readString(original.resolve("config.json"))
                        .replace("\"max_position_embeddings\": 512", "\"max_position_embeddings\": 16777216"));
        TokenRows rows = TokenRows.of(List.of(new int[] {5, 6, 7, 8}));
        try (DecoderModel model = load("llama-tied");
                DecoderModel longer = DecoderModel.load(folder, ElementType.FLOAT32, TestDevice.NAME);
                TensorScope scope = model.scope().child();
                TensorScope other = longer.scope().child()) {
            assertThat(longer.config().maxPositions()).isEqualTo(1 << 24);
            assertThat(logits(longer, other, rows)).isEqualTo(logits(model, scope, rows));
        }
    }

    @Test
    void rowsLongerThanTheModelAreRefused() throws IOException {
        try (DecoderModel model = load("llama-tied");
                TensorScope scope = model.scope().child()) {
            TokenRows rows = TokenRows.of(List.of(new int[513]));

            assertThatThrownBy(() -> model.hiddenStates(scope, rows, model.noAdapter(), List.of(), () -> {})
                            .last())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("a row of 513 tokens is longer than this model's 512 positions");
        }
    }

    @Test
    void nothingStaysInTheModelsScope() throws IOException {
        TokenRows rows = TokenRows.of(List.of(new int[] {5, 6, 7}));
        Targets targets = Targets.of(rows, List.of(new int[] {-100, 6, 7}), -100);
        try (DecoderModel model = load("llama-tied")) {
            int held = model.scope().held();
            for (int i = 0; i < 3; i++) {
                try (TensorScope scope = model.scope().child()) {
                    model.loss(scope, new PassInput(rows, targets), model.noAdapter(), () -> {});
                    logits(model, scope, rows);
                }
            }

            assertThat(model.scope().held()).isEqualTo(held);
        }
    }

    private static DecoderModel load(String name) throws IOException {
        return DecoderModel.load(GoldenTensors.path("models/" + name), ElementType.FLOAT32, TestDevice.NAME);
    }

    private static float[] logits(DecoderModel model, TensorScope scope, TokenRows rows) {
        long[] everywhere = IntStream.range(0, rows.tokens()).asLongStream().toArray();
        return model.logits(
                        scope,
                        model.hiddenStates(scope, rows, model.noAdapter(), List.of(), () -> {})
                                .last(),
                        everywhere)
                .toFloats();
    }

    private static List<int[]> rows(String file, String tensor) {
        return GoldenTensors.ragged(
                GoldenTensors.ints(file, tensor), GoldenTensors.ints(file, "attention_mask"), WIDTH);
    }
}
