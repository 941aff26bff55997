package dev.anneal.engine.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.export.proof.AnswerDifference;
import dev.anneal.engine.export.proof.LogitDifference;
import dev.anneal.engine.export.proof.Probe;
import dev.anneal.engine.network.lora.Adapter;
import dev.anneal.engine.network.lora.AdapterLayers;
import dev.anneal.engine.network.model.AdapterDropout;
import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.model.Logits;
import dev.anneal.engine.network.model.StreamedModel;
import dev.anneal.engine.network.objective.TokenRows;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A proof reads a layer at a time and a block of the vocabulary at a time, and finds what whole models in memory show.
 */
class StreamedProofTest {

    private static final List<int[]> PROMPTS = List.of(new int[] {1, 5, 9, 200, 31}, new int[] {7, 8, 8, 300, 2, 4});

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"llama-tied", "llama-untied-gqa", "llama3-rope", "mistral", "qwen2", "qwen3"})
    void layersFromFilesComputeTheSameBits(String name) throws IOException {
        ExportFixture fixture = ExportFixture.withRandomAdapter(name, folder);
        Path directory = fixture.base().directory();
        Trained trained = fixture.adapter();
        Set<Integer> held = new HashSet<>();
        try (DecoderModel whole = DecoderModel.load(directory, ElementType.FLOAT32, TestDevice.NAME);
                Adapter adapter = Adapter.load(whole, fixture.config(), trained.weights());
                StreamedModel streamed = StreamedModel.open(directory, directory, TestDevice.NAME);
                AdapterLayers layers = AdapterLayers.open(trained.weights(), fixture.config(), streamed.config());
                TensorScope scope = streamed.scope().child()) {
            List<Tensor> states = streamed.hiddenStates(
                    scope, PROMPTS, layers, () -> held.add(streamed.scope().held()));
            AppliedAdapter applied = adapter.apply(0, AdapterDropout.NONE);
            for (int i = 0; i < PROMPTS.size(); i++) {
                Tensor expected = whole.hiddenStates(
                                scope, TokenRows.of(List.of(PROMPTS.get(i))), applied, List.of(), () -> {})
                        .last();
                assertThat(states.get(i).toFloats()).containsExactly(expected.toFloats());
            }
            assertThat(streamed.outputEmbedding(scope, 7, 2).toFloats())
                    .containsExactly(rows(whole.outputEmbedding().toFloats(), 7, 2, 320));
        }
        assertThat(held).as("what is kept from layer to layer").hasSize(1);
    }

    private static float[] rows(float[] table, int first, int count, int vocabulary) {
        int width = table.length / vocabulary;
        return Arrays.copyOfRange(table, first * width, (first + count) * width);
    }

    /** Blocks of 4, 47 and all 320 tokens: 44 and 517 logits of 11 positions. */
    @ParameterizedTest
    @ValueSource(ints = {44, 517, 1 << 19})
    void differenceIsThatOfWholeLogits(int blockLogits) throws IOException {
        ExportFixture fixture = ExportFixture.of("silu");
        Path directory = fixture.base().directory();
        try (Probe.Side adapted =
                        Probe.Side.of(directory, fixture.adapter().weights(), fixture.config(), TestDevice.NAME);
                Probe.Side base = Probe.Side.of(directory, directory, TestDevice.NAME);
                DecoderModel whole = DecoderModel.load(directory, ElementType.FLOAT32, TestDevice.NAME);
                Adapter adapter =
                        Adapter.load(whole, fixture.config(), fixture.adapter().weights());
                TensorScope scope = whole.scope().child()) {
            LogitDifference difference = new LogitDifference(
                    scope, LogitDifference.FinalNorm.of(adapted.model().config()), () -> {}, blockLogits);
            AnswerDifference found = new Probe(PROMPTS, () -> {}).between(difference, adapted, base);
            float[] p = logits(whole, adapter.apply(0, AdapterDropout.NONE));
            float[] q = logits(whole, whole.noAdapter());

            PlainDifference expected = PlainDifference.of(p, q, 320);
            assertThat(found.positions()).isEqualTo(11);
            assertThat(found.maxLogit()).isEqualTo(expected.maxLogit(), within(1e-5));
            assertThat(found.meanLogit()).isEqualTo(expected.meanLogit(), within(1e-6));
            assertThat(found.topAgreement()).isEqualTo(expected.topAgreement());
            assertThat(found.meanDivergence()).isEqualTo(expected.meanDivergence(), within(1e-6));
            assertThat(found.meanDivergence()).isGreaterThan(1e-4);
            assertThat(found.meanSpan()).isEqualTo(expected.meanSpan(), within(1e-5));
            assertThat(found.maxShare()).isEqualTo(expected.maxShare(), within(1e-5));
        }
    }

    private static float[] logits(DecoderModel model, AppliedAdapter adapter) {
        return Logits.of(model, TokenRows.of(PROMPTS), adapter);
    }

    /** The same figures in the plainest way. */
    private record PlainDifference(
            double maxLogit,
            double meanLogit,
            @Nullable Double topAgreement,
            double meanDivergence,
            double meanSpan,
            double maxShare) {

        static PlainDifference of(float[] p, float[] q, int vocabulary) {
            double largest = 0;
            double sum = 0;
            for (int i = 0; i < p.length; i++) {
                largest = Math.max(largest, Math.abs((double) p[i] - q[i]));
                sum += Math.abs((double) p[i] - q[i]);
            }
            int clear = 0;
            int agreeing = 0;
            double divergence = 0;
            double span = 0;
            double share = 0;
            for (int from = 0; from < p.length; from += vocabulary) {
                int best = best(p, from, vocabulary, -1);
                if (p[best] - p[best(p, from, vocabulary, best)] > largest) {
                    clear++;
                    agreeing += best == best(q, from, vocabulary, -1) ? 1 : 0;
                }
                float least = p[best];
                for (int i = from; i < from + vocabulary; i++) {
                    least = Math.min(least, p[i]);
                }
                span += (double) p[best] - least;
                for (int i = from; i < from + vocabulary; i++) {
                    share = Math.max(share, Math.abs((double) p[i] - q[i]) / ((double) p[best] - least));
                }
                double massOfP = mass(p, from, vocabulary);
                double massOfQ = mass(q, from, vocabulary);
                for (int i = from; i < from + vocabulary; i++) {
                    divergence += Math.exp(p[i] - massOfP) * (p[i] - massOfP - q[i] + massOfQ);
                }
            }
            int positions = p.length / vocabulary;
            return new PlainDifference(
                    largest,
                    sum / p.length,
                    clear == 0 ? null : (double) agreeing / clear,
                    divergence / positions,
                    span / positions,
                    share);
        }

        private static int best(float[] logits, int from, int vocabulary, int besides) {
            int best = from == besides ? from + 1 : from;
            for (int i = from; i < from + vocabulary; i++) {
                best = i != besides && logits[i] > logits[best] ? i : best;
            }
            return best;
        }

        private static double mass(float[] logits, int from, int vocabulary) {
            double sum = 0;
            for (int i = from; i < from + vocabulary; i++) {
                sum += Math.exp(logits[i]);
            }
            return Math.log(sum);
        }
    }
}
