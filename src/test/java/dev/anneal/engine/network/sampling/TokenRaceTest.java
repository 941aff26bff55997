package dev.anneal.engine.network.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.math.objective.Acceptance;
import dev.anneal.engine.math.random.SplitMix64;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The noise is independent and uniform, the few tokens that race in full include the winner of all, and shared noise
 * gives the agreement that it should.
 */
class TokenRaceTest {

    /** Bits of one row, computed with Java's integers. */
    @Test
    void noiseIsTheSameEverywhere() {
        int vocabulary = 100;
        long key = SplitMix64.key(17, 3);
        try (TensorScope scope = TensorScope.open(TestDevice.NAME)) {
            float[] t = race(scope, vocabulary).noise(scope, new long[] {key}).toFloats();

            for (int id = 0; id < vocabulary; id++) {
                int x = (stirred(id) ^ ((int) key & ~1)) * ((int) (key >>> 32) | 1);
                int bits = Math.abs(x * (2 * x + 1));
                assertThat(t[id]).as("id %d", id).isEqualTo((float) bits * 0x1.fffffep-32f);
            }
        }
    }

    private static int stirred(int id) {
        int x = 2 * id + 1;
        x = (x ^ (x >>> 16 & ~1)) * 569420461;
        x = (x ^ (x >>> 15 & ~1)) * 1935289751;
        return x ^ (x >>> 15 & ~1);
    }

    /** Noise depends on a token's id, not on where its logit is: a draft with fewer tokens shares it. */
    @Test
    void columnsHaveTheNoiseOfTheirIds() {
        int[] ids = {5, 99, 0, 42};
        long[] keys = keys(8, 1, 0);
        try (TensorScope scope = TensorScope.open(TestDevice.NAME)) {
            float[] all = race(scope, 112).noise(scope, keys).toFloats();
            float[] few = new TokenRace(scope, ids).noise(scope, keys).toFloats();

            for (int row = 0; row < keys.length; row++) {
                for (int column = 0; column < ids.length; column++) {
                    assertThat(few[row * 16 + column]).isEqualTo(all[row * 112 + ids[column]]);
                }
            }
        }
    }

    /** From flat to peaked distributions; with widths that the grid's rows divide and do not. */
    @ParameterizedTest
    @CsvSource({"1, 1", "20, 1", "97, 3", "512, 0", "5000, 0", "5000, 0.5", "5000, 2", "5008, 4", "20000, 9"})
    void drawsTheWinnerOfAllTokens(int vocabulary, double deviation) {
        int rows = 50;
        Random random = new Random(vocabulary);
        float[] logits = new float[rows * vocabulary];
        for (int i = 0; i < logits.length; i++) {
            boolean isAbsent = i % vocabulary > 0 && random.nextInt(4) == 0;
            logits[i] = isAbsent ? Float.NEGATIVE_INFINITY : (float) (deviation * random.nextGaussian());
        }
        long[] keys = keys(rows, 0, 1);
        try (TensorScope scope = TensorScope.open(TestDevice.NAME)) {
            TokenRace race = race(scope, vocabulary);
            Tensor given = scope.floats(logits, rows, vocabulary);
            float[] t = withoutPadding(race.noise(scope, keys).toFloats(), rows, vocabulary);
            long[] expected = race.winners(scope, given, scope.floats(t, rows, vocabulary));

            assertThat(race.draw(scope, given, ones(scope, rows), keys)).isEqualTo(expected);
            long[] each = IntStream.range(0, rows)
                    .mapToLong(row -> race.draw(
                                    scope,
                                    scope.floats(
                                            Arrays.copyOfRange(logits, row * vocabulary, (row + 1) * vocabulary),
                                            1,
                                            vocabulary),
                                    ones(scope, 1),
                                    new long[] {keys[row]})[0])
                    .toArray();
            assertThat(each).isEqualTo(expected);
        }
    }

    /**
     * Of the noise of two places: neighbouring positions, seeds and tokens, and distant ones. 225 degrees of freedom:
     * 293 one time in a thousand.
     */
    @ParameterizedTest
    @CsvSource({
        "0, 1, 0, 1, 0",
        "0, 1, 0, 7, 0",
        "1, 0, 1, 0, 0",
        "1, 0, 1000, 0, 0",
        "0, 1, 0, 0, 1",
        "1, 0, 0, 0, 1",
        "0, 1, 0, 0, 16",
        "0, 1, 0, 0, 256",
        "0, 1, 0, 1, 1",
        "1, 0, 1, 0, -1"
    })
    void noiseOfTwoPlacesIsIndependent(int nextSeed, int nextPosition, int seeds, int positions, int tokens) {
        int rows = 4000;
        int vocabulary = 1024;
        int[] counts = new int[16 * 16];
        try (TensorScope scope = TensorScope.open(TestDevice.NAME)) {
            TokenRace race = race(scope, vocabulary);
            float[] one = race.noise(scope, keys(rows, nextSeed, nextPosition)).toFloats();
            long[] others = IntStream.range(0, rows)
                    .mapToLong(i -> key(i * nextSeed + seeds, i * nextPosition + positions))
                    .toArray();
            float[] other = race.noise(scope, others).toFloats();
            for (int i = 0; i < one.length; i++) {
                int to = i / vocabulary * vocabulary + Math.floorMod(i + tokens, vocabulary);
                counts[16 * sixteenth(one[i]) + sixteenth(other[to])]++;
            }
        }
        assertThat(chiSquare(counts)).isBetween(180.0, 330.0);
    }

    private static int sixteenth(float t) {
        return (int) (16 * t);
    }

    /**
     * Small numbers decide races of tokens with small probabilities: they are as uniform as all, for 2^-12 of them are
     * below 2^-12.
     */
    @Test
    void smallNoiseIsUniformToo() {
        int[] counts = new int[32];
        try (TensorScope scope = TensorScope.open(TestDevice.NAME)) {
            TokenRace race = race(scope, 16_384);
            for (int seed = 0; seed < 8000; seed += 100) {
                count(
                        race,
                        IntStream.range(seed, seed + 100)
                                .mapToLong(each -> key(each, 0))
                                .toArray(),
                        counts);
            }
        }
        double all = Arrays.stream(counts).sum();
        assertThat(all).isCloseTo(32_000, within(4 * Math.sqrt(32_000)));
        assertThat(chiSquare(counts)).isBetween(11.0, 62.0);
    }

    private static void count(TokenRace race, long[] keys, int[] counts) {
        try (TensorScope scope = TensorScope.open(TestDevice.NAME)) {
            for (float t : race.noise(scope, keys).toFloats()) {
                if (t < 0x1p-12f) {
                    counts[(int) (t * 0x1p17)]++;
                }
            }
        }
    }

    /**
     * 4,096 tokens of one millionth each, of which a likely token leaves 0.4 % of all draws: low ids as often as high
     * ones.
     */
    @Test
    void improbableTokensAreDrawnAtTheirRate() {
        int rare = 4096;
        int draws = 200_000;
        float[] logits = new float[rare + 1];
        Arrays.fill(logits, (float) Math.log(1e-6));
        logits[rare / 2] = (float) Math.log(1 - rare * 1e-6);
        long[] drawn = draws(logits, draws);

        double expected = draws * rare * 1e-6;
        long low = Arrays.stream(drawn).filter(token -> token < rare / 2).count();
        long high = Arrays.stream(drawn).filter(token -> token > rare / 2).count();
        assertThat((double) low).isCloseTo(expected / 2, within(4 * Math.sqrt(expected / 2)));
        assertThat((double) high).isCloseTo(expected / 2, within(4 * Math.sqrt(expected / 2)));
    }

    /** 63 degrees of freedom: 103 one time in a thousand. */
    @Test
    void equalTokensAreDrawnEquallyOftenWhateverTheirIds() {
        int[] counts = new int[64];
        for (long token : draws(new float[4096], 100_000)) {
            counts[(int) token / 64]++;
        }
        assertThat(chiSquare(counts)).isBetween(33.0, 103.0);
    }

    /**
     * Tokens drawn from p and q with the same keys are equal as often as the formula says; one that is known beforehand
     * is drawn as often as p says.
     */
    @ParameterizedTest
    @ValueSource(doubles = {0.1, 0.5, 1.5})
    void sharedNoiseAgreesAsOftenAsTheFormulaSays(double difference) {
        int draws = 40_000;
        Random random = new Random(3);
        float[] target = new float[50];
        float[] draft = new float[50];
        for (int i = 0; i < 50; i++) {
            target[i] = (float) (2 * random.nextGaussian());
            draft[i] = (float) (target[i] + difference * random.nextGaussian());
        }
        long[] tokens = draws(target, draws);
        long[] drafts = draws(draft, draws);

        double expected = Acceptance.withSharedNoise(probabilities(target), probabilities(draft));
        double equal =
                IntStream.range(0, draws).filter(i -> tokens[i] == drafts[i]).count();
        assertThat(equal / draws).isCloseTo(expected, within(4 * Math.sqrt(expected * (1 - expected) / draws)));
        double p = probabilities(target)[7];
        double sevens = Arrays.stream(tokens).filter(token -> token == 7).count();
        assertThat(sevens / draws).isCloseTo(p, within(4 * Math.sqrt(p * (1 - p) / draws)));
    }

    private static long[] draws(float[] logits, int draws) {
        int rows = 1000;
        float[] all = new float[rows * logits.length];
        IntStream.range(0, rows).forEach(row -> System.arraycopy(logits, 0, all, row * logits.length, logits.length));
        try (TensorScope scope = TensorScope.open(TestDevice.NAME)) {
            TokenRace race = race(scope, logits.length);
            Tensor given = scope.floats(all, rows, logits.length);
            return IntStream.range(0, draws / rows)
                    .boxed()
                    .flatMapToLong(part -> LongStream.of(race.draw(
                            scope,
                            given,
                            ones(scope, rows),
                            IntStream.range(0, rows)
                                    .mapToLong(row -> key(9, part * rows + row))
                                    .toArray())))
                    .toArray();
        }
    }

    private static double[] probabilities(float[] logits) {
        double sum = IntStream.range(0, logits.length)
                .mapToDouble(i -> Math.exp(logits[i]))
                .sum();
        return IntStream.range(0, logits.length)
                .mapToDouble(i -> Math.exp(logits[i]) / sum)
                .toArray();
    }

    /** Against equal frequencies. */
    private static double chiSquare(int[] counts) {
        double expected = Arrays.stream(counts).sum() / (double) counts.length;
        return Arrays.stream(counts)
                .mapToDouble(count -> Math.pow(count - expected, 2) / expected)
                .sum();
    }

    private static float[] withoutPadding(float[] noise, int rows, int vocabulary) {
        int width = noise.length / rows;
        float[] result = new float[rows * vocabulary];
        IntStream.range(0, rows)
                .forEach(row -> System.arraycopy(noise, row * width, result, row * vocabulary, vocabulary));
        return result;
    }

    private static TokenRace race(TensorScope scope, int vocabulary) {
        return new TokenRace(scope, IntStream.range(0, vocabulary).toArray());
    }

    private static Tensor ones(TensorScope scope, int rows) {
        float[] ones = new float[rows];
        Arrays.fill(ones, 1);
        return scope.floats(ones, rows, 1);
    }

    private static long[] keys(int count, int nextSeed, int nextPosition) {
        return IntStream.range(0, count)
                .mapToLong(i -> key(i * nextSeed, i * nextPosition))
                .toArray();
    }

    private static long key(int seed, int position) {
        return new Sampling(1, 0, 1, 0, seed).noiseKey(position);
    }
}
