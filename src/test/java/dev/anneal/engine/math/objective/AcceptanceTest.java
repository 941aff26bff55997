package dev.anneal.engine.math.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.anneal.engine.network.model.GoldenTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Probabilities of acceptance are the reference's, which computed them in fp64. */
class AcceptanceTest {

    private static final double TOLERANCE = 1e-12;

    @ParameterizedTest(name = "{0}")
    @MethodSource("chains")
    void highestAcceptancesAndTheirChainAreThoseOfTheReference(String name, JsonNode chain) {
        JsonNode expected = chain.path("acceptance_probabilities");
        double[] acceptances = IntStream.range(0, expected.size())
                .mapToDouble(place -> Acceptance.highest(target(chain, place), draft(chain, place)))
                .toArray();

        assertThat(acceptances).containsExactly(numbers(expected), within(TOLERANCE));
        assertThat(Acceptance.expectedTokens(acceptances))
                .isCloseTo(chain.path("expected_accepted").asDouble(), within(TOLERANCE));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("chains")
    void acceptancesWithSharedNoiseAreThoseOfTheReference(String name, JsonNode chain) {
        boolean isOneHot = chain.has("gumbel");
        JsonNode expected =
                isOneHot ? chain.path("acceptance_probabilities") : chain.at("/shared_gumbel/acceptance_probabilities");
        double[] acceptances = IntStream.range(0, expected.size())
                .mapToDouble(place -> Acceptance.withSharedNoise(target(chain, place), draft(chain, place)))
                .toArray();

        assertThat(acceptances).containsExactly(numbers(expected), within(TOLERANCE));
    }

    static Stream<Arguments> chains() throws IOException {
        return golden("draft/chains.json")
                .path("cases")
                .valueStream()
                .map(chain -> Arguments.of(chain.path("name").asString(), chain));
    }

    @ParameterizedTest
    @MethodSource
    void highestAcceptancesAreThoseOfTheFirstReference(JsonNode pair) {
        assertThat(Acceptance.highest(numbers(pair.path("target")), numbers(pair.path("draft"))))
                .isCloseTo(pair.path("expected_acceptance").asDouble(), within(TOLERANCE));
    }

    static Stream<JsonNode> highestAcceptancesAreThoseOfTheFirstReference() throws IOException {
        return golden("draft/acceptance.json").path("stochastic").valueStream();
    }

    private static double[] target(JsonNode chain, int place) {
        return numbers(chain.path("p").get(place));
    }

    /** Without probabilities of its own the draft is certain of its token. */
    private static double[] draft(JsonNode chain, int place) {
        JsonNode probabilities = chain.path("q").get(place);
        if (!probabilities.isNull()) {
            return numbers(probabilities);
        }
        double[] certain = new double[chain.path("p").get(place).size()];
        certain[chain.path("drafts").get(place).asInt()] = 1;
        return certain;
    }

    private static double[] numbers(JsonNode array) {
        return array.valueStream().mapToDouble(JsonNode::asDouble).toArray();
    }

    private static JsonNode golden(String name) throws IOException {
        return JsonMapper.shared().readTree(Files.readAllBytes(GoldenTensors.path(name)));
    }
}
