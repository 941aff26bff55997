package dev.anneal.engine.network.draft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.model.GoldenTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a trained head proposes, and how much of it the target accepts, token for token (golden/ORIGIN.md). */
class GoldenChainsTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5})
    void anEagle3HeadOfSpeculatorsDraftsChains(int length) throws IOException {
        Path stored = GoldenTensors.path("draft3/tau/eagle3");
        JsonNode golden =
                JsonMapper.shared().readTree(Files.readAllBytes(GoldenTensors.path("draft3/tau/acceptance.json")));
        JsonNode draft = golden.path("drafts").path("eagle3");
        try (DecoderModel target = GoldenEagle3.target();
                EagleHead head = EagleHead.load(stored, EagleConfig.read(stored.resolve("config.json")), target);
                GreedyChains chains = new GreedyChains(target, head, length)) {
            List<List<Integer>> prompts = new ArrayList<>();
            draft.path("runs").forEach(run -> prompts.add(integers(run.path("prompt"))));

            List<GreedyChains.Lane> lanes =
                    chains.run(prompts, golden.path("tokens").asInt());

            long tokens = 0;
            long rounds = 0;
            for (int i = 0; i < lanes.size(); i++) {
                GreedyChains.Lane lane = lanes.get(i);
                JsonNode run = draft.path("runs").path(i);
                JsonNode chain = run.path("chains").path(Integer.toString(length));
                List<List<Integer>> proposals = new ArrayList<>();
                chain.path("proposals").forEach(proposal -> proposals.add(integers(proposal)));
                assertThat(lane.proposals).isEqualTo(proposals);
                assertThat(lane.accepted).isEqualTo(integers(chain.path("accepted")));
                List<Integer> greedy = integers(run.path("greedy")).subList(0, 25);
                assertThat(lane.ids.subList(6, 31)).isEqualTo(greedy);
                rounds += lane.accepted.size();
                tokens += lane.accepted.stream()
                        .mapToLong(accepted -> accepted + 1)
                        .sum();
            }
            assertThat((double) tokens / rounds)
                    .isCloseTo(draft.path("tau").path(Integer.toString(length)).asDouble(), within(1e-12));
        }
    }

    @Test
    void anEagle1HeadDraftsChains() throws IOException {
        JsonNode golden = JsonMapper.shared().readTree(Files.readAllBytes(GoldenTensors.path("draft/chain.json")));
        try (DecoderModel target = GoldenEagle1.target();
                EagleHead head = GoldenEagle1.head(target, "trained", folder);
                GreedyChains chains = new GreedyChains(
                        target, head, golden.path("chain_length").asInt())) {
            List<List<Integer>> prompts = new ArrayList<>();
            golden.path("runs").forEach(run -> prompts.add(integers(run.path("prompt"))));

            List<GreedyChains.Lane> lanes =
                    chains.run(prompts, golden.path("at_least_tokens").asInt());

            for (int i = 0; i < lanes.size(); i++) {
                GreedyChains.Lane lane = lanes.get(i);
                JsonNode run = golden.path("runs").path(i);
                List<List<Integer>> proposals = new ArrayList<>();
                List<Integer> accepted = new ArrayList<>();
                run.path("rounds").forEach(round -> {
                    proposals.add(integers(round.path("proposal")));
                    accepted.add(round.path("accepted").asInt());
                });
                assertThat(lane.proposals).isEqualTo(proposals);
                assertThat(lane.accepted).isEqualTo(accepted);
                List<Integer> tokens = integers(run.path("tokens"));
                int begin = prompts.get(i).size();
                assertThat(lane.ids.subList(begin, begin + tokens.size())).isEqualTo(tokens);
            }
        }
    }

    private static List<Integer> integers(JsonNode array) {
        List<Integer> integers = new ArrayList<>();
        array.forEach(number -> integers.add(number.asInt()));
        return integers;
    }
}
