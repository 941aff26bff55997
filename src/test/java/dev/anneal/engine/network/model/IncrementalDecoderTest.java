package dev.anneal.engine.network.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.network.architecture.DecodingLimits;
import dev.anneal.engine.network.objective.TokenRows;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Sequences that are read in parts, beside others and from slot to slot, have the logits of sequences that are read at
 * one time.
 */
class IncrementalDecoderTest {

    private static final int VOCABULARY = 320;
    private static final int WIDTH = 24;

    @ParameterizedTest
    @ValueSource(strings = {"llama-untied-gqa", "mistral", "qwen2", "qwen3"})
    void aCachedSequenceGivesTheLogitsOfTheWhole(String name) throws IOException {
        List<int[]> rows = rows("models/" + name + "/expected.safetensors", "input_ids");
        try (DecoderModel model = load(name, ElementType.FLOAT32);
                IncrementalDecoder decoder = new IncrementalDecoder(model);
                TensorScope scope = decoder.scope().child();
                KeyValueCache cache = decoder.newCache(scope, 3, WIDTH)) {
            float[] whole = logits(model, scope, TokenRows.of(rows));

            int[] a = rows.get(0);
            int[] b = rows.get(1);
            step(decoder, scope, model.noAdapter(), List.of(part(a, 0, 9), part(b, 0, 3)), cache, 1);
            step(decoder, scope, model.noAdapter(), List.of(part(a, 9, 10), part(b, 3, 4)), cache, 1);
            cache.move(2, 0);
            step(decoder, scope, model.noAdapter(), List.of(part(b, 4, 5), part(a, 10, 11)), cache, 0);
            float[] last = step(decoder, scope, model.noAdapter(), List.of(part(b, 5, 17), part(a, 11, 24)), cache, 0);

            assertThat(cache.length(0)).isEqualTo(17);
            assertThat(cache.length(1)).isEqualTo(24);
            assertThat(cache.length(2)).isZero();
            assertThat(GoldenTensors.largestDifference(row(last, 24), row(whole, 23)))
                    .isLessThan(TestDevice.tolerance(2e-5));
            assertThat(GoldenTensors.largestDifference(row(last, 11), row(whole, 40)))
                    .isLessThan(TestDevice.tolerance(2e-5));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"llama-tied", "mistral"})
    void aLongCachedSequenceGivesTheLogitsOfTheWhole(String name) throws IOException {
        int[] row = IntStream.range(0, 400).map(i -> 3 + i * 7 % 300).toArray();
        try (DecoderModel model = load(name, ElementType.FLOAT32);
                IncrementalDecoder decoder = new IncrementalDecoder(model);
                TensorScope scope = decoder.scope().child();
                KeyValueCache cache = decoder.newCache(scope, 1, 400)) {
            float[] whole = logits(model, scope, TokenRows.of(List.of(row)));

            step(decoder, scope, model.noAdapter(), List.of(part(row, 0, 30)), cache, 0);
            float[] rest = step(decoder, scope, model.noAdapter(), List.of(part(row, 30, 400)), cache, 0);

            assertThat(GoldenTensors.largestDifference(rest, Arrays.copyOfRange(whole, 30 * VOCABULARY, whole.length)))
                    .isLessThan(TestDevice.tolerance(2e-5));
        }
    }

    @Test
    void fullCachesAreRefusedBeforeAnythingIsWritten() throws IOException {
        try (DecoderModel model = load("llama-tied", ElementType.FLOAT32);
                IncrementalDecoder decoder = new IncrementalDecoder(model);
                TensorScope scope = decoder.scope().child();
                KeyValueCache cache = decoder.newCache(scope, 1, 2)) {
            assertThatThrownBy(() -> step(decoder, scope, model.noAdapter(), List.of(new int[3]), cache, 0))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("sequence 0 would have 3 tokens; its cache holds 2");
            assertThat(cache.length(0)).isZero();
        }
    }

    /**
     * Its matrices lie in another layout, and are multiplied with in another order: logits up to 4 differ by a few
     * roundings of bf16, 2^-8 each.
     */
    @ParameterizedTest
    @ValueSource(strings = {"llama-untied-gqa", "mistral", "qwen2", "qwen3"})
    void inBf16SoDoesAModelOfPackedMatrices(String name) throws IOException {
        int[] row =
                rows("models/" + name + "/expected.safetensors", "input_ids").get(0);
        try (DecoderModel model = load(name, ElementType.BFLOAT16);
                IncrementalDecoder decoder = new IncrementalDecoder(model);
                TensorScope scope = decoder.scope().child();
                KeyValueCache cache = decoder.newCache(scope, 1, WIDTH)) {
            float[] whole = logits(model, scope, TokenRows.of(List.of(row)));

            step(decoder, scope, model.noAdapter(), List.of(part(row, 0, 20)), cache, 0);
            for (int at = 20; at < 24; at++) {
                float[] next = step(decoder, scope, model.noAdapter(), List.of(part(row, at, at + 1)), cache, 0);
                // On a processor with AMX there were four roundings of a logit below 4: 4 x 2^-6 = 0.0625.
                assertThat(GoldenTensors.largestDifference(next, row(whole, at)))
                        .isLessThan(0.08);
            }
        }
    }

    /** In bf16 on a CPU: oneDNN multiplies each row alike, however many there are. */
    @ParameterizedTest
    @ValueSource(strings = {"llama-untied-gqa", "mistral", "qwen2", "qwen3"})
    void inBf16BitsDoNotDependOnSequencesBeside(String name) throws IOException {
        List<int[]> rows = rows("models/" + name + "/expected.safetensors", "input_ids");
        int[] a = rows.get(0);
        int[] b = rows.get(1);
        try (DecoderModel model = load(name, ElementType.BFLOAT16);
                IncrementalDecoder decoder = new IncrementalDecoder(model)) {
            float[] alone = tenth(decoder, model.noAdapter(), List.of(a));

            assertThat(row(tenth(decoder, model.noAdapter(), List.of(b, a, b)), 1))
                    .isEqualTo(alone);
        }
    }

    /** Logits of the tenth token of each row, after nine that are read before. */
    private static float[] tenth(IncrementalDecoder decoder, AppliedAdapter adapter, List<int[]> rows) {
        try (TensorScope scope = decoder.scope().child();
                KeyValueCache cache = decoder.newCache(scope, rows.size(), WIDTH)) {
            List<int[]> nine = rows.stream().map(row -> part(row, 0, 9)).toList();
            List<int[]> next = rows.stream().map(row -> part(row, 9, 10)).toList();
            step(decoder, scope, adapter, nine, cache, 0);
            return step(decoder, scope, adapter, next, cache, 0);
        }
    }

    /** What is not finite there would reach shorter sequences in the slot through weights of 0. */
    @Test
    void aFreedSlotHoldsNothing() throws IOException {
        try (DecoderModel model = load("llama-tied", ElementType.FLOAT32);
                IncrementalDecoder decoder = new IncrementalDecoder(model);
                TensorScope scope = decoder.scope().child();
                KeyValueCache cache = decoder.newCache(scope, 1, WIDTH)) {
            step(decoder, scope, model.noAdapter(), List.of(new int[] {5, 6, 7}), cache, 0);
            assertThat(cache.layers().get(1).toFloats()).isNotEqualTo(zerosLike(cache));

            cache.free(0);

            assertThat(cache.layers())
                    .allSatisfy(layer -> assertThat(layer.toFloats()).isEqualTo(zerosLike(cache)));
        }
    }

    private static float[] zerosLike(KeyValueCache cache) {
        return new float[cache.layers().get(0).toFloats().length];
    }

    @Test
    void cachesLongerThanTheModelAreRefused() throws IOException {
        try (DecoderModel model = load("llama-tied", ElementType.FLOAT32);
                IncrementalDecoder decoder = new IncrementalDecoder(model)) {
            assertThatThrownBy(() -> decoder.newCache(decoder.scope(), 1, 513))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("a cache holds 1 to 512 tokens in this model, not 513");
        }
    }

    private static DecoderModel load(String name, ElementType precision) throws IOException {
        return DecoderModel.load(GoldenTensors.path("models/" + name), precision, TestDevice.NAME);
    }

    private static float[] logits(DecoderModel model, TensorScope scope, TokenRows rows) {
        return model.logits(
                        scope,
                        model.hiddenStates(scope, rows, model.noAdapter(), List.of(), () -> {})
                                .last(),
                        everywhere(rows.tokens()))
                .toFloats();
    }

    private static float[] step(
            IncrementalDecoder decoder,
            TensorScope scope,
            AppliedAdapter adapter,
            List<int[]> tokens,
            KeyValueCache cache,
            int first) {
        int count = tokens.stream().mapToInt(row -> row.length).sum();
        List<AppliedAdapter> adapters = Collections.nCopies(tokens.size(), adapter);
        // Both ways of reading are correct for few tokens.
        boolean isStep = tokens.stream().allMatch(row -> row.length <= DecodingLimits.SEQUENCE_TOKENS_OF_STEP);
        Tensor hidden = decoder.read(scope, tokens, cache, first, adapters, List.of(), isStep)
                .last();
        return decoder.logits(scope, hidden, everywhere(count)).toFloats();
    }

    private static long[] everywhere(int tokens) {
        return IntStream.range(0, tokens).asLongStream().toArray();
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
