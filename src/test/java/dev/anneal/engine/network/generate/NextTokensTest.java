package dev.anneal.engine.network.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.network.model.AdapterDropout;
import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.network.model.GoldenTensors;
import dev.anneal.engine.network.sampling.Sampling;
import dev.anneal.engine.network.sampling.WholeAnswer;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Filtered distributions are those of transformers; tokens are drawn as often as their probabilities say. */
class NextTokensTest {

    private static final AppliedAdapter NO_ADAPTER =
            new AppliedAdapter(List.of(), Map.of(), 1, 0, 0, AdapterDropout.NONE);

    @ParameterizedTest(name = "{0}, temperature {1}, top_k {2}, top_p {3}")
    @MethodSource
    void distributionsAreThoseOfTheGoldenFile(
            String input, double temperature, int topK, double topP, JsonNode logits, JsonNode kept) {
        int vocabulary = logits.size();
        float[] values = new float[vocabulary];
        IntStream.range(0, vocabulary)
                .forEach(token -> values[token] = logits.get(token).floatValue());
        try (TensorScope scope = TensorScope.open(TestDevice.NAME)) {
            List<Sampling> two = List.of(new Sampling(1, 0, 1, 0, 0), new Sampling(temperature, topK, topP, 0, 0));
            float[] left = new NextTokens(scope, vocabulary)
                    .filtered(scope, repeated(scope, 2, values), two)
                    .toFloats();
            double[] probabilities = probabilities(Arrays.copyOfRange(left, vocabulary, 2 * vocabulary));

            for (int token = 0; token < vocabulary; token++) {
                JsonNode expected = kept.path(Integer.toString(token));
                assertThat(probabilities[token] > 0).as("token %d stays", token).isEqualTo(!expected.isMissingNode());
                assertThat(probabilities[token]).isCloseTo(expected.asDouble(0), within(1e-7));
            }
        }
    }

    static Stream<Arguments> distributionsAreThoseOfTheGoldenFile() throws IOException {
        JsonNode golden =
                JsonMapper.shared().readTree(Files.readAllBytes(GoldenTensors.path("generate/distributions.json")));
        return golden.path("cases")
                .valueStream()
                .map(of -> Arguments.of(
                        of.path("input").asString(),
                        of.path("temperature").asDouble(),
                        of.path("top_k").asInt(),
                        of.path("top_p").asDouble(),
                        golden.path("logits").path(of.path("input").asString()),
                        of.path("kept")));
    }

    /** Of the probabilities 0.5, 0.3, 0.15 and 0.05 those of at least min_p times 0.5 stay. */
    @ParameterizedTest
    @CsvSource({"0.05, 4", "0.2, 3", "0.5, 2", "1, 1"})
    void minPIsAShareOfTheLargestProbability(double minP, int left) {
        try (TensorScope scope = TensorScope.open(TestDevice.NAME)) {
            Tensor logits = scope.floats(logs(0.5, 0.3, 0.15, 0.05), 1, 4);
            float[] scores = new NextTokens(scope, 4)
                    .filtered(scope, logits, List.of(new Sampling(1, 0, 1, minP, 0)))
                    .toFloats();

            assertThat(IntStream.range(0, 4).filter(token -> scores[token] > Double.NEGATIVE_INFINITY))
                    .hasSize(left);
        }
    }

    /**
     * Chi-square over 20 tokens and 40,000 draws, of as many seeds or of as many positions: above 43.8 one time in a
     * thousand (19 degrees of freedom), and the draws are always the same ones.
     */
    @ParameterizedTest
    @CsvSource({"1, 0", "0, 1"})
    void drawnFrequenciesAreTheProbabilities(int nextSeed, int nextPosition) {
        int tokens = 20;
        int draws = 40_000;
        double[] probabilities = IntStream.rangeClosed(1, tokens)
                .mapToDouble(i -> i * 2.0 / (tokens * (tokens + 1)))
                .toArray();
        int[] counts = new int[tokens];
        try (TensorScope scope = TensorScope.open(TestDevice.NAME)) {
            NextTokens nextTokens = new NextTokens(scope, tokens);
            Tensor rows = repeated(scope, 100, logs(probabilities));
            for (int first = 0; first < draws; first += 100) {
                List<NextTokens.Place> places = IntStream.range(first, first + 100)
                        .mapToObj(i -> place(new Sampling(1, 0, 1, 0, (long) i * nextSeed), i * nextPosition))
                        .toList();
                for (int token : nextTokens.choose(scope, rows, places)) {
                    counts[token]++;
                }
            }
        }
        double chiSquare = IntStream.range(0, tokens)
                .mapToDouble(token ->
                        Math.pow(counts[token] - draws * probabilities[token], 2) / (draws * probabilities[token]))
                .sum();
        assertThat(chiSquare).isBetween(5.0, 43.8);
    }

    /** Tokens that tie with the k-th largest stay, so the logits differ. */
    @Test
    void filteredTokensAreNeverDrawn() {
        float[] logits = logs(0.05, 0.4, 0.25, 0.2, 0.1);
        List<Sampling> filters =
                List.of(new Sampling(1, 2, 1, 0, 0), new Sampling(1, 0, 0.6, 0, 0), new Sampling(1, 0, 1, 0.6, 0));
        try (TensorScope scope = TensorScope.open(TestDevice.NAME)) {
            NextTokens nextTokens = new NextTokens(scope, 5);
            for (Sampling filter : filters) {
                List<NextTokens.Place> places = IntStream.range(0, 1000)
                        .mapToObj(position -> place(filter, position))
                        .toList();

                assertThat(nextTokens.choose(scope, repeated(scope, 1000, logits), places))
                        .as(filter.toString())
                        .containsOnly(1, 2);
            }
        }
    }

    /** Greedy, drawn and filtered rows of one step: each gets the token that it gets alone. */
    @Test
    void tokensDoNotDependOnOtherRows() {
        int vocabulary = 1000;
        Random random = new Random(5);
        float[] values = new float[64 * vocabulary];
        IntStream.range(0, values.length).forEach(i -> values[i] = (float) (4 * random.nextGaussian()));
        List<NextTokens.Place> places = IntStream.range(0, 64)
                .mapToObj(row -> place(
                        row % 3 == 0 ? Sampling.GREEDY : new Sampling(0.5 + row / 32.0, row % 3 * 7 - 7, 1, 0, row),
                        row))
                .toList();
        try (TensorScope scope = TensorScope.open(TestDevice.NAME)) {
            NextTokens nextTokens = new NextTokens(scope, vocabulary);
            int[] alone = IntStream.range(0, 64)
                    .flatMap(row -> Arrays.stream(nextTokens.choose(
                            scope,
                            scope.floats(
                                    Arrays.copyOfRange(values, row * vocabulary, (row + 1) * vocabulary),
                                    1,
                                    vocabulary),
                            places.subList(row, row + 1))))
                    .toArray();

            assertThat(nextTokens.choose(scope, scope.floats(values, 64, vocabulary), places))
                    .isEqualTo(alone);
        }
    }

    private static NextTokens.Place place(Sampling sampling, int position) {
        Prompt prompt = new Prompt(new int[] {1}, 1, sampling);
        PrefixCache.Owner owner = new PrefixCache.Owner(NO_ADAPTER, "");
        return new NextTokens.Place(new GeneratedSequence(prompt, owner, 10, new WholeAnswer(Set.of())), position);
    }

    private static double[] probabilities(float[] scores) {
        double[] weights = IntStream.range(0, scores.length)
                .mapToDouble(i -> Math.exp(scores[i]))
                .toArray();
        double sum = Arrays.stream(weights).sum();
        return Arrays.stream(weights).map(weight -> weight / sum).toArray();
    }

    private static float[] logs(double... probabilities) {
        float[] logs = new float[probabilities.length];
        IntStream.range(0, logs.length).forEach(i -> logs[i] = (float) Math.log(probabilities[i]));
        return logs;
    }

    private static Tensor repeated(TensorScope scope, int rows, float[] values) {
        float[] all = new float[rows * values.length];
        IntStream.range(0, rows).forEach(row -> System.arraycopy(values, 0, all, row * values.length, values.length));
        return scope.floats(all, rows, values.length);
    }
}
