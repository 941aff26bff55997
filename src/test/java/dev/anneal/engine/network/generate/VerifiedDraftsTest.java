package dev.anneal.engine.network.generate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.network.model.AdapterDropout;
import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.network.model.GoldenTensors;
import dev.anneal.engine.network.sampling.ChosenToken;
import dev.anneal.engine.network.sampling.Sampling;
import dev.anneal.engine.network.sampling.TokenRace;
import dev.anneal.engine.network.sampling.WholeAnswer;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Tokens of the target and of drafts, and what of the drafts is accepted, are the reference's for given probabilities
 * and noise.
 */
class VerifiedDraftsTest {

    private static final PrefixCache.Owner NO_ADAPTER =
            new PrefixCache.Owner(new AppliedAdapter(List.of(), Map.of(), 1, 0, 0, AdapterDropout.NONE), "");

    /** Tokens outside of the golden vocabularies; where they stood before, drafts are found. */
    private static final int[] MARKS = {1000, 1001};

    @ParameterizedTest(name = "{0}")
    @MethodSource("chains")
    void greedyChainsAreVerifiedAsInTheReference(String name, JsonNode chain) {
        JsonNode golden = chain.path("greedy");
        int[] drafts = ints(chain.path("drafts"));
        try (TensorScope scope = TensorScope.open(TestDevice.NAME)) {
            int[] tokens = greedy(scope, chain.path("p"));

            assertThat(tokens).isEqualTo(ints(golden.path("target_argmax")));
            int accepted = golden.path("accepted").asInt();
            int[] emitted = Arrays.copyOf(drafts, accepted + 1);
            emitted[accepted] = golden.path("next").asInt();
            assertThat(emitted(drafts, tokens)).isEqualTo(emitted);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("chains")
    void drawnChainsAreVerifiedAsInTheReference(String name, JsonNode chain) {
        JsonNode golden = chain.has("gumbel") ? chain.path("gumbel") : chain.path("shared_gumbel");
        try (TensorScope scope = TensorScope.open(TestDevice.NAME)) {
            int[] tokens = drawn(scope, chain.path("p"), golden.path("uniforms"));
            int[] drafts = chain.has("gumbel")
                    ? ints(chain.path("drafts"))
                    : drawn(scope, chain.path("q"), golden.path("uniforms"));

            assertThat(tokens).isEqualTo(ints(golden.path("sampled")));
            assertThat(drafts)
                    .isEqualTo(
                            ints(golden.path("drafts").isMissingNode() ? chain.path("drafts") : golden.path("drafts")));
            assertThat(emitted(drafts, tokens))
                    .hasSize(golden.path("accepted").asInt() + 1)
                    .isEqualTo(ints(golden.path("emitted")));
        }
    }

    static Stream<Arguments> chains() throws IOException {
        return golden("draft/chains.json")
                .path("cases")
                .valueStream()
                .map(chain -> Arguments.of(chain.path("name").asString(), chain));
    }

    @ParameterizedTest
    @MethodSource
    void proposalsAreVerifiedAsInTheFirstReference(JsonNode proposal) {
        assertThat(emitted(ints(proposal.path("proposal")), ints(proposal.path("target_argmax"))))
                .hasSize(proposal.path("accepted").asInt() + 1)
                .isEqualTo(ints(proposal.path("emitted")));
    }

    static Stream<JsonNode> proposalsAreVerifiedAsInTheFirstReference() throws IOException {
        return golden("draft/acceptance.json").path("greedy").valueStream();
    }

    private static int[] greedy(TensorScope scope, JsonNode probabilities) {
        int vocabulary = probabilities.get(0).size();
        Tensor logits = doubles(scope, probabilities, Math::log).to(scope, ElementType.FLOAT32);
        NextTokens.Place place =
                new NextTokens.Place(sequence(new int[0], Sampling.GREEDY, new WholeAnswer(Set.of())), 0);
        return new NextTokens(scope, vocabulary)
                .choose(scope, logits, Collections.nCopies(probabilities.size(), place));
    }

    /** Drawn in fp64 by the engine's race. The reference's uniform number is 1 - t. */
    private static int[] drawn(TensorScope scope, JsonNode probabilities, JsonNode uniforms) {
        if (probabilities.isEmpty()) {
            return new int[0];
        }
        List<JsonNode> rows = uniforms.valueStream().limit(probabilities.size()).toList();
        Tensor t = doubles(scope, rows, uniform -> 1 - uniform);
        Tensor scores = doubles(scope, probabilities, Math::log);
        return Arrays.stream(new TokenRace(scope, new int[] {0}).winners(scope, scores, t))
                .mapToInt(Math::toIntExact)
                .toArray();
    }

    /** Tokens that a sequence takes in a step that reads the drafts, from those that the target chose at each place. */
    private static int[] emitted(int[] drafts, int[] tokens) {
        WholeAnswer answer = new WholeAnswer(Set.of());
        GeneratedSequence sequence = sequence(drafts, Sampling.GREEDY, answer);
        sequence.takeFirst(ChosenToken.of(MARKS[1]));
        sequence.prepareDrafts(drafts.length, true);
        sequence.readDrafts(drafts.length);
        assertThat(sequence.unread()).endsWith(drafts).hasSize(drafts.length + 1);
        int taken = sequence.takeVerified(
                Arrays.stream(tokens).mapToObj(ChosenToken::of).toList());

        int[] all = answer.answer().tokens();
        assertThat(all).hasSize(taken + 1);
        return Arrays.copyOfRange(all, 1, all.length);
    }

    /** With a prompt in which the drafts follow the marks. */
    private static GeneratedSequence sequence(int[] drafts, Sampling sampling, WholeAnswer answer) {
        int[] prompt = Stream.of(IntStream.of(MARKS), IntStream.of(drafts), IntStream.of(MARKS[0]))
                .flatMapToInt(tokens -> tokens)
                .toArray();
        return new GeneratedSequence(new Prompt(prompt, 20, sampling), NO_ADAPTER, 100, answer);
    }

    /** The function's values, [rows, columns] in fp64. */
    private static Tensor doubles(TensorScope scope, Iterable<JsonNode> rows, DoubleUnaryOperator function) {
        double[][] values = StreamSupport.stream(rows.spliterator(), false)
                .map(row -> row.valueStream()
                        .mapToDouble(JsonNode::asDouble)
                        .map(function)
                        .toArray())
                .toArray(double[][]::new);
        int columns = values[0].length;
        ByteBuffer bytes = ByteBuffer.allocateDirect(values.length * columns * Double.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
        Arrays.stream(values).flatMapToDouble(Arrays::stream).forEach(bytes::putDouble);
        return scope.ofBytes(bytes.flip(), ElementType.FLOAT64, values.length, columns);
    }

    private static int[] ints(JsonNode array) {
        return array.valueStream().mapToInt(JsonNode::asInt).toArray();
    }

    private static JsonNode golden(String name) throws IOException {
        return JsonMapper.shared().readTree(Files.readAllBytes(GoldenTensors.path(name)));
    }
}
