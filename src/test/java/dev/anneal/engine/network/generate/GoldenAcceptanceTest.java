package dev.anneal.engine.network.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.network.draft.EagleConfig;
import dev.anneal.engine.network.draft.EagleDrafter;
import dev.anneal.engine.network.draft.EagleHead;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.model.GoldenTensors;
import dev.anneal.engine.network.model.IncrementalDecoder;
import dev.anneal.engine.network.sampling.ChosenToken;
import dev.anneal.engine.network.sampling.Sampling;
import dev.anneal.engine.network.sampling.TokenSink;
import dev.anneal.engine.network.torch.ElementType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Rounds of a draft and its target: proposals, accepted tokens and acceptance length of the reference, for all prompts
 * together.
 */
class GoldenAcceptanceTest {

    private static final String FOLDER = "draft3/tau/";
    private static final int CONTEXT = 128;

    private final JsonNode golden;

    GoldenAcceptanceTest() throws IOException {
        golden = JsonMapper.shared().readTree(Files.readAllBytes(GoldenTensors.path(FOLDER + "acceptance.json")));
    }

    @ParameterizedTest
    @CsvSource({
        "student, 1", "student, 2", "student, 3", "student, 4", "student, 5",
        "eagle3, 1", "eagle3, 2", "eagle3, 3", "eagle3, 4", "eagle3, 5"
    })
    void roundsAreThoseOfTheReference(String name, int draftTokens) throws IOException {
        JsonNode student = golden.path("drafts").path(name);
        List<Rounds> all = name.equals("student") ? ofModel(student, draftTokens) : ofHead(student, draftTokens);

        double emitted = 0;
        double rounds = 0;
        for (int i = 0; i < all.size(); i++) {
            JsonNode run = student.path("runs").path(i);
            JsonNode chain = run.path("chains").path(Integer.toString(draftTokens));
            int count = chain.path("accepted").size();
            assertThat(all.get(i).tokens.subList(0, run.path("greedy").size())).isEqualTo(ints(run.path("greedy")));
            assertThat(all.get(i).proposals.subList(0, count))
                    .isEqualTo(chain.path("proposals")
                            .valueStream()
                            .map(GoldenAcceptanceTest::ints)
                            .toList());
            assertThat(all.get(i).accepted().subList(0, count)).isEqualTo(ints(chain.path("accepted")));
            rounds += count;
            emitted += count
                    + all.get(i).accepted().subList(0, count).stream()
                            .mapToInt(Integer::intValue)
                            .sum();
        }
        assertThat(emitted / rounds)
                .isCloseTo(
                        student.path("tau").path(Integer.toString(draftTokens)).asDouble(), within(1e-12));
    }

    private static List<Rounds> ofModel(JsonNode runs, int draftTokens) throws IOException {
        try (DecoderModel target = load("draft3/target");
                DecoderModel small = load(FOLDER + "student");
                IncrementalDecoder proposer = new IncrementalDecoder(small)) {
            return rounds(target, new DraftModel(proposer, small.noAdapter()), runs, draftTokens);
        }
    }

    private static List<Rounds> ofHead(JsonNode runs, int draftTokens) throws IOException {
        Path folder = GoldenTensors.path(FOLDER + "eagle3");
        try (DecoderModel target = load("draft3/target");
                EagleHead head = EagleHead.load(folder, EagleConfig.read(folder.resolve("config.json")), target);
                EagleDrafter reader = new EagleDrafter(head, head.noAdapter())) {
            return rounds(target, new DraftHead(reader), runs, draftTokens);
        }
    }

    private static List<Rounds> rounds(DecoderModel target, Draft draft, JsonNode runs, int draftTokens) {
        List<Rounds> all = new ArrayList<>();
        ArrayDeque<GeneratedSequence> waiting = new ArrayDeque<>();
        for (JsonNode run : runs.path("runs")) {
            int[] prompt = ints(run.path("prompt")).stream()
                    .mapToInt(Integer::intValue)
                    .toArray();
            Rounds rounds = new Rounds();
            GeneratedSequence sequence = new GeneratedSequence(
                    new Prompt(prompt, new int[0], draft, 40, Sampling.GREEDY),
                    new PrefixCache.Owner(target.noAdapter(), ""),
                    CONTEXT,
                    rounds);
            rounds.sequence = sequence;
            all.add(rounds);
            waiting.add(sequence);
        }
        try (IncrementalDecoder verifier = new IncrementalDecoder(target);
                Lane lane = new Lane(
                        verifier,
                        new NextTokens(target.scope(), target.config().vocabularySize()),
                        waiting,
                        new Lane.Size(5, CONTEXT),
                        new PrefixCache(verifier, target.scope(), 0),
                        new OperatorSharing(1, false),
                        DraftLength.fixed(draftTokens))) {
            lane.run(() -> true, () -> {});
        }
        return all;
    }

    private static DecoderModel load(String folder) throws IOException {
        return DecoderModel.load(GoldenTensors.path(folder), ElementType.FLOAT32, TestDevice.NAME);
    }

    private static List<Integer> ints(JsonNode array) {
        return array.valueStream().map(JsonNode::asInt).toList();
    }

    /** Tokens of an answer, and the proposals of each round after the first token. */
    private static final class Rounds implements TokenSink {
        private final List<Integer> tokens = new ArrayList<>();
        private final List<List<Integer>> proposals = new ArrayList<>();
        private final List<Integer> begins = new ArrayList<>();
        private @Nullable GeneratedSequence sequence;

        @Override
        public void stepped(int draftTokens) {
            if (!tokens.isEmpty()) {
                begins.add(tokens.size());
                proposals.add(Arrays.stream(Objects.requireNonNull(sequence).unread())
                        .skip(1)
                        .boxed()
                        .toList());
            }
        }

        @Override
        public boolean take(ChosenToken token) {
            tokens.add(token.id());
            return true;
        }

        @Override
        public void failed(Throwable cause) {
            throw new AssertionError(cause);
        }

        List<Integer> accepted() {
            List<Integer> accepted = new ArrayList<>();
            for (int round = 0; round < begins.size(); round++) {
                int end = round + 1 < begins.size() ? begins.get(round + 1) : tokens.size();
                accepted.add(end - begins.get(round) - 1);
            }
            return accepted;
        }
    }
}
