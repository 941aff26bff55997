package dev.anneal.engine.math.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.anneal.engine.math.objective.PolicyLoss.Aggregation;
import dev.anneal.engine.math.objective.PolicyLoss.Completion;
import dev.anneal.engine.math.objective.PolicyLoss.Divisors;
import dev.anneal.engine.math.objective.PolicyLoss.Ratio;
import dev.anneal.engine.network.model.GoldenTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Advantages, losses, gradients, clip fractions and divergences are the reference's, which computed them in fp32. */
class PolicyLossTest {

    private static final double TOLERANCE = 1e-5;

    @ParameterizedTest(name = "{index}: scale {0}")
    @MethodSource
    void advantagesAreThoseOfTheReference(String scale, JsonNode table) {
        List<double[]> rewards =
                table.path("rewards").valueStream().map(PolicyLossTest::numbers).toList();
        List<double[]> advantages = Advantages.of(rewards, Advantages.Scale.valueOf(scale.toUpperCase(Locale.ROOT)));

        for (int group = 0; group < rewards.size(); group++) {
            assertThat(advantages.get(group))
                    .containsExactly(numbers(table.path("advantages").get(group)), within(TOLERANCE));
        }
    }

    static Stream<Arguments> advantagesAreThoseOfTheReference() throws IOException {
        return golden().path("advantage_tables")
                .valueStream()
                .map(table -> Arguments.of(table.path("scale_rewards").asString(), table));
    }

    @ParameterizedTest(name = "{0} by {1}, weight of the divergence {2}, {3} micro-batches")
    @MethodSource
    void lossesAreThoseOfTheReference(
            String aggregation, String ratio, double klWeight, int microBatches, JsonNode golden, JsonNode expected) {
        PolicyLoss loss = new PolicyLoss(
                Aggregation.valueOf(aggregation.toUpperCase(Locale.ROOT)),
                Ratio.valueOf(ratio.toUpperCase(Locale.ROOT)),
                golden.path("epsilon_low").asDouble(),
                golden.path("epsilon_high").asDouble(),
                klWeight);
        int sequences = golden.path("mask").size();
        int each = sequences / microBatches;
        for (int micro = 0; micro < microBatches; micro++) {
            List<Integer> own =
                    IntStream.range(micro * each, (micro + 1) * each).boxed().toList();
            List<Completion> completions =
                    own.stream().map(sequence -> completion(golden, sequence)).toList();
            List<double[]> gradients =
                    completions.stream().map(of -> new double[of.tokens()]).toList();
            long tokens = completions.stream().mapToInt(Completion::tokens).sum();
            Divisors divisors = new Divisors(
                    each,
                    tokens,
                    microBatches,
                    golden.path("num_items_in_batch").asLong(),
                    golden.path("max_completion_length").asInt());

            PolicyLoss.Sums sums = loss.of(completions, divisors, gradients);

            JsonNode metrics = expected.path("metrics").get(micro);
            double counted = ratio.equals("token") ? tokens : each;
            requireClose(sums.loss(), expected.path("micro_losses").get(micro));
            requireClose(sums.clippedLow() / counted, metrics.path("clip_low"));
            requireClose(sums.clippedHigh() / counted, metrics.path("clip_high"));
            requireClose(sums.divergence() / tokens, metrics.path("kl"));
            for (int i = 0; i < each; i++) {
                assertThat(gradients.get(i))
                        .containsExactly(
                                masked(golden, expected.path("grad_policy").get(own.get(i)), own.get(i)),
                                within(TOLERANCE));
            }
        }
    }

    static Stream<Arguments> lossesAreThoseOfTheReference() throws IOException {
        JsonNode golden = golden();
        return golden.path("cases")
                .valueStream()
                .map(of -> Arguments.of(
                        of.path("loss_type").asString(),
                        of.path("importance_sampling_level").asString(),
                        of.path("beta").asDouble(),
                        of.path("micro_batches").asInt(),
                        golden,
                        of));
    }

    private static JsonNode golden() throws IOException {
        return JsonMapper.shared().readTree(Files.readAllBytes(GoldenTensors.path("grpo/grpo.json")));
    }

    private static Completion completion(JsonNode golden, int sequence) {
        return new Completion(
                masked(golden, golden.path("policy_logps").get(sequence), sequence),
                masked(golden, golden.path("old_logps").get(sequence), sequence),
                masked(golden, golden.path("reference_logps").get(sequence), sequence),
                golden.path("advantages").get(sequence).asDouble());
    }

    /** The values of a sequence's trained tokens. */
    private static double[] masked(JsonNode golden, JsonNode values, int sequence) {
        JsonNode mask = golden.path("mask").get(sequence);
        List<Double> kept = new ArrayList<>();
        for (int i = 0; i < mask.size(); i++) {
            if (mask.get(i).asInt() == 1) {
                kept.add(values.get(i).asDouble());
            }
        }
        return kept.stream().mapToDouble(Double::doubleValue).toArray();
    }

    private static double[] numbers(JsonNode values) {
        return values.valueStream().mapToDouble(JsonNode::asDouble).toArray();
    }

    private static void requireClose(double actual, JsonNode expected) {
        assertThat(actual).isCloseTo(expected.asDouble(), within(TOLERANCE));
    }
}
