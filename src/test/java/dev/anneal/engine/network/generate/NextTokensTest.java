package dev.anneal.engine.network.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.network.model.AdapterDropout;
import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.network.model.GoldenTensors;
import dev.anneal.engine.network.torch.Scope;
import dev.anneal.engine.network.torch.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
        try (Scope scope = Scope.open(TestDevice.NAME)) {
            List<Sampling> two = List.of(new Sampling(1, 0, 1, 0, 0), new Sampling(temperature, topK, topP, 0, 0));
            float[] left = new NextTokens(scope)
                    .distribution(scope, twice(scope, values), two)
                    .toFloats();

            for (int token = 0; token < vocabulary; token++) {
                float probability = left[vocabulary + token];
                JsonNode expected = kept.path(Integer.toString(token));
                assertThat(probability > 0).as("token %d stays", token).isEqualTo(!expected.isMissingNode());
                assertThat((double) probability).isCloseTo(expected.asDouble(0), within(1e-7));
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
        try (Scope scope = Scope.open(TestDevice.NAME)) {
            Tensor logits = scope.floats(logs(0.5, 0.3, 0.15, 0.05), 1, 4);
            float[] probabilities = new NextTokens(scope)
                    .distribution(scope, logits, List.of(new Sampling(1, 0, 1, minP, 0)))
                    .toFloats();

            assertThat(IntStream.range(0, 4).filter(token -> probabilities[token] > 0))
                    .hasSize(left);
        }
    }

    /** Chi-square over 20 tokens and 40,000 draws: above 45 one time in a thousand (19 degrees of freedom: 43.8), and the draws are always the same ones. */
    @Test
    void drawnFrequenciesAreTheProbabilities() {
        int tokens = 20;
        int draws = 40_000;
        double[] probabilities = new double[tokens];
        for (int token = 0; token < tokens; token++) {
            probabilities[token] = (token + 1) * 2.0 / (tokens * (tokens + 1));
        }
        int[] counts = new int[tokens];
        try (Scope scope = Scope.open(TestDevice.NAME)) {
            NextTokens nextTokens = new NextTokens(scope);
            float[] once = logs(probabilities);
            float[] logits = new float[100 * tokens];
            IntStream.range(0, 100).forEach(row -> System.arraycopy(once, 0, logits, row * tokens, tokens));
            Tensor rows = scope.floats(logits, 100, tokens);
            for (int first = 0; first < draws; first += 100) {
                List<NextTokens.Place> places = new ArrayList<>();
                for (int i = 0; i < 100; i++) {
                    Sampling sampling = new Sampling(1, 0, 1, 0, first + i);
                    Prompt prompt = new Prompt(new int[] {1}, 1, sampling);
                    Sequence sequence =
                            new Sequence(prompt, new PrefixCache.Owner(NO_ADAPTER, ""), 10, new WholeAnswer(Set.of()));
                    places.add(new NextTokens.Place(sequence, 0));
                }
                for (int token : nextTokens.choose(scope, rows, places)) {
                    counts[token]++;
                }
            }
        }
        double chiSquare = 0;
        for (int token = 0; token < tokens; token++) {
            double expected = draws * probabilities[token];
            chiSquare += Math.pow(counts[token] - expected, 2) / expected;
        }
        assertThat(chiSquare).isBetween(5.0, 43.8);
    }

    private static float[] logs(double... probabilities) {
        float[] logs = new float[probabilities.length];
        IntStream.range(0, logs.length).forEach(i -> logs[i] = (float) Math.log(probabilities[i]));
        return logs;
    }

    private static Tensor twice(Scope scope, float[] values) {
        float[] both = new float[2 * values.length];
        System.arraycopy(values, 0, both, 0, values.length);
        System.arraycopy(values, 0, both, values.length, values.length);
        return scope.floats(both, 2, values.length);
    }
}
