package dev.anneal.engine.math.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.anneal.engine.math.objective.PreferenceLoss.Completion;
import dev.anneal.engine.math.objective.PreferenceLoss.LossType;
import dev.anneal.engine.math.objective.PreferenceLoss.Outcome;
import dev.anneal.engine.network.model.GoldenTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Losses, rewards and gradients of pairs are the reference's, which computed them in fp32. */
class PreferenceLossTest {

    @ParameterizedTest(name = "{0}, label smoothing {1}")
    @MethodSource
    void lossesAreThoseOfTheReference(String kind, double labelSmoothing, JsonNode golden, JsonNode expected) {
        PreferenceLoss loss = new PreferenceLoss(
                LossType.valueOf(kind.toUpperCase(Locale.ROOT)),
                expected.path("beta").asDouble(),
                labelSmoothing);
        int pairs = golden.path("policy_chosen").size();
        double sum = 0;
        for (int pair = 0; pair < pairs; pair++) {
            Outcome outcome = loss.of(completion(golden, "chosen", pair), completion(golden, "rejected", pair));

            sum += outcome.loss();
            requireClose(outcome.loss(), expected.path("losses").get(pair));
            requireClose(outcome.chosenReward(), expected.path("chosen_rewards").get(pair));
            requireClose(
                    outcome.rejectedReward(), expected.path("rejected_rewards").get(pair));
            requireClose(outcome.margin(), expected.path("margins").get(pair));
            requireClose(
                    outcome.chosenGradient() / pairs,
                    expected.path("grad_policy_chosen").get(pair));
            requireClose(
                    outcome.rejectedGradient() / pairs,
                    expected.path("grad_policy_rejected").get(pair));
        }
        requireClose(sum / pairs, expected.path("loss"));
    }

    static Stream<Arguments> lossesAreThoseOfTheReference() throws IOException {
        JsonNode golden = JsonMapper.shared().readTree(Files.readAllBytes(GoldenTensors.path("dpo/losses.json")));
        return golden.path("cases")
                .valueStream()
                .map(of -> Arguments.of(
                        of.path("loss_type").asString(),
                        of.path("label_smoothing").asDouble(),
                        golden,
                        of));
    }

    @Test
    void aPairThatIsFarApartHasAFiniteLoss() {
        PreferenceLoss loss = new PreferenceLoss(LossType.SIGMOID, 0.5, 0);
        Outcome wrong = loss.of(new Completion(-9000, -10, 5), new Completion(-10, -9000, 5));

        assertThat(wrong.loss()).isCloseTo(8990, within(1e-9));
        assertThat(wrong.chosenGradient()).isEqualTo(-0.5);
    }

    @Test
    void smoothingWhereThereIsNoneIsRefused() {
        assertThatThrownBy(() -> new PreferenceLoss(LossType.IPO, 0.1, 0.1)).hasMessage("IPO has no label smoothing");
        assertThatThrownBy(() -> new PreferenceLoss(LossType.ROBUST, 0.1, 0.5))
                .hasMessage("label smoothing must be from 0 to below 0.5, not 0.5");
        assertThatThrownBy(() -> new PreferenceLoss(LossType.SIGMOID, 0, 0))
                .hasMessage("beta must be above 0, not 0.0");
    }

    private static Completion completion(JsonNode golden, String which, int pair) {
        return new Completion(
                golden.path("policy_" + which).get(pair).asDouble(),
                golden.path("reference_" + which).get(pair).asDouble(),
                golden.path(which + "_tokens").get(pair).asInt());
    }

    private static void requireClose(double actual, JsonNode expected) {
        assertThat(actual).isCloseTo(expected.asDouble(), within(1e-5));
    }
}
