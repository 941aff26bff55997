package dev.anneal.engine.grade.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Against the libraries that golden/ORIGIN.md names. */
class MetricTest {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    @ParameterizedTest
    @EnumSource(Metric.class)
    void scoresAreThoseOfTheReference(Metric metric) throws IOException {
        for (JsonNode pair : pairs()) {
            double expected = pair.get("scores")
                    .get(metric.name().toLowerCase(Locale.ROOT))
                    .doubleValue();
            String input = pair.get("input").stringValue();
            assertThat(metric.similarity(input, pair.get("reference").stringValue()))
                    .as("%s of '%s'", metric, input)
                    .isCloseTo(expected, within(1e-12));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 63, 64, 65, 128, 200, 1_000})
    void commonSubsequencesAreThoseOfTheTable(int length) {
        Random random = new Random(length);
        int[] first = symbols(random, length);
        int[] second = symbols(random, length + 30);
        assertThat(LongestCommonSubsequence.length(first, second)).isEqualTo(byTable(first, second));
    }

    /** #5: a completion must not stop a training by its length. */
    @ParameterizedTest
    @EnumSource(Metric.class)
    void longTextsTakeSeconds(Metric metric) {
        Random random = new Random(1);
        String input = letters(random);
        String reference = letters(random);
        long start = System.nanoTime();
        assertThat(metric.similarity(input, reference)).isBetween(0.0, 1.0);
        assertThat(System.nanoTime() - start).isLessThan(10_000_000_000L);
    }

    /** Nor by the number of its letters. */
    @ParameterizedTest
    @EnumSource(Metric.class)
    void textsOfManyLettersTakeLittleMemory(Metric metric) {
        String letters = IntStream.range(' ', Character.MIN_SURROGATE)
                .mapToObj(Character::toString)
                .collect(Collectors.joining());
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
        metric.similarity(letters, new StringBuilder(letters).reverse().toString());
        assertThat(threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before)
                .isLessThan(100_000_000);
    }

    @Test
    void everyMetricIsInTheFile() throws IOException {
        assertThat(pairs())
                .hasSizeGreaterThan(50)
                .allSatisfy(pair -> assertThat(pair.get("scores")).hasSize(Metric.values().length));
    }

    private static String letters(Random random) {
        return IntStream.range(0, 32_768)
                .mapToObj(i -> String.valueOf((char) ('a' + random.nextInt(3))))
                .collect(Collectors.joining(" "));
    }

    /** A few that stand everywhere, and many that stand in a place or two. */
    private static int[] symbols(Random random, int length) {
        return IntStream.range(0, length)
                .map(place -> random.nextInt(random.nextBoolean() ? 4 : 500) - 2)
                .toArray();
    }

    private static int byTable(int[] first, int[] second) {
        int[][] table = new int[first.length + 1][second.length + 1];
        for (int i = 1; i <= first.length; i++) {
            for (int j = 1; j <= second.length; j++) {
                table[i][j] = first[i - 1] == second[j - 1]
                        ? table[i - 1][j - 1] + 1
                        : Math.max(table[i - 1][j], table[i][j - 1]);
            }
        }
        return table[first.length][second.length];
    }

    private static List<JsonNode> pairs() throws IOException {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(MetricTest.class.getResourceAsStream("/golden/grade/similarity.jsonl")),
                StandardCharsets.UTF_8))) {
            return lines.lines().map(JSON::readTree).toList();
        }
    }
}
