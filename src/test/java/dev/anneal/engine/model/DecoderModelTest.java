package dev.anneal.engine.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.torch.ElementType;
import dev.anneal.engine.torch.Scope;
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
                Scope scope = model.scope().child()) {
            float[] logits = logits(model, scope, rows);
            LossSums loss = model.loss(scope, rows, targets, model.noAdapter(), () -> {});

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
                Scope scope = model.scope().child()) {
            float[] first = logits(model, scope, TokenRows.of(together.subList(0, 1)));
            float[] both = logits(model, scope, TokenRows.of(together));

            assertThat(GoldenTensors.largestDifference(first, Arrays.copyOf(both, first.length)))
                    .isLessThan(TestDevice.tolerance(2e-5));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama-untied-gqa", "mistral", "qwen2", "qwen3"})
    void aCachedSequenceGivesTheLogitsOfTheWhole(String name) throws IOException {
        List<int[]> rows = rows("models/" + name + "/expected.safetensors", "input_ids");
        try (DecoderModel model = load(name);
                Scope scope = model.scope().child();
                KeyValueCache first = model.newCache(scope, WIDTH);
                KeyValueCache second = model.newCache(scope, WIDTH)) {
            float[] whole = logits(model, scope, TokenRows.of(rows));

            int[] a = rows.get(0);
            int[] b = rows.get(1);
            List<KeyValueCache> caches = List.of(first, second);
            step(model, scope, List.of(part(a, 0, 9), part(b, 0, 3)), caches);
            step(model, scope, List.of(part(a, 9, 10), part(b, 3, 4)), caches);
            float[] last = step(model, scope, List.of(part(a, 10, 24), part(b, 4, 17)), caches);

            assertThat(first.length()).isEqualTo(24);
            assertThat(GoldenTensors.largestDifference(row(last, 13), row(whole, 23)))
                    .isLessThan(TestDevice.tolerance(2e-5));
            assertThat(GoldenTensors.largestDifference(row(last, 26), row(whole, 40)))
                    .isLessThan(TestDevice.tolerance(2e-5));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama-tied", "mistral"})
    void aLongCachedSequenceGivesTheLogitsOfTheWhole(String name) throws IOException {
        int[] row = IntStream.range(0, 400).map(i -> 3 + i * 7 % 300).toArray();
        try (DecoderModel model = load(name);
                Scope scope = model.scope().child();
                KeyValueCache cache = model.newCache(scope, 400)) {
            float[] whole = logits(model, scope, TokenRows.of(List.of(row)));

            step(model, scope, List.of(part(row, 0, 30)), List.of(cache));
            float[] rest = step(model, scope, List.of(part(row, 30, 400)), List.of(cache));

            assertThat(GoldenTensors.largestDifference(rest, Arrays.copyOfRange(whole, 30 * VOCABULARY, whole.length)))
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
                Scope scope = model.scope().child();
                Scope other = longer.scope().child()) {
            assertThat(longer.config().maxPositions()).isEqualTo(1 << 24);
            assertThat(logits(longer, other, rows)).isEqualTo(logits(model, scope, rows));
        }
    }

    @Test
    void rowsLongerThanTheModelAreRefused() throws IOException {
        try (DecoderModel model = load("llama-tied");
                Scope scope = model.scope().child()) {
            TokenRows rows = TokenRows.of(List.of(new int[513]));

            assertThatThrownBy(() -> model.hiddenStates(scope, rows, model.noAdapter()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("a row of 513 tokens is longer than this model's 512 positions");
            assertThatThrownBy(() -> model.newCache(scope, 513))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("a cache holds 1 to 512 tokens in this model, not 513");
        }
    }

    @Test
    void fullCachesAreRefusedBeforeAnythingIsWritten() throws IOException {
        try (DecoderModel model = load("llama-tied");
                Scope scope = model.scope().child();
                KeyValueCache cache = model.newCache(scope, 2)) {
            assertThatThrownBy(() -> step(model, scope, List.of(new int[3]), List.of(cache)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("sequence 0 would have 3 tokens; its cache holds 2");
            assertThat(cache.length()).isZero();
        }
    }

    @Test
    void nothingStaysInTheModelsScope() throws IOException {
        TokenRows rows = TokenRows.of(List.of(new int[] {5, 6, 7}));
        Targets targets = Targets.of(rows, List.of(new int[] {-100, 6, 7}), -100);
        try (DecoderModel model = load("llama-tied")) {
            int held = model.scope().held();
            for (int i = 0; i < 3; i++) {
                try (Scope scope = model.scope().child()) {
                    model.loss(scope, rows, targets, model.noAdapter(), () -> {});
                    logits(model, scope, rows);
                }
            }

            assertThat(model.scope().held()).isEqualTo(held);
        }
    }

    private static DecoderModel load(String name) throws IOException {
        return DecoderModel.load(GoldenTensors.path("models/" + name), ElementType.FLOAT32, TestDevice.NAME);
    }

    private static float[] logits(DecoderModel model, Scope scope, TokenRows rows) {
        long[] everywhere = IntStream.range(0, rows.tokens()).asLongStream().toArray();
        return model.logits(scope, model.hiddenStates(scope, rows, model.noAdapter()), everywhere)
                .toFloats();
    }

    private static float[] step(DecoderModel model, Scope scope, List<int[]> tokens, List<KeyValueCache> caches) {
        int count = tokens.stream().mapToInt(row -> row.length).sum();
        long[] everywhere = IntStream.range(0, count).asLongStream().toArray();
        return model.logits(scope, model.continueSequences(scope, tokens, caches, model.noAdapter()), everywhere)
                .toFloats();
    }

    private static List<int[]> rows(String file, String tensor) {
        return GoldenTensors.ragged(
                GoldenTensors.ints(file, tensor), GoldenTensors.ints(file, "attention_mask"), WIDTH);
    }

    private static int[] part(int[] ids, int from, int to) {
        return Arrays.copyOfRange(ids, from, to);
    }

    private static float[] row(float[] logits, int token) {
        return Arrays.copyOfRange(logits, token * VOCABULARY, (token + 1) * VOCABULARY);
    }
}
