package dev.anneal.engine.generate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.engine.lora.Adapter;
import dev.anneal.engine.lora.AdapterConfig;
import dev.anneal.engine.lora.AnnealingSchedule;
import dev.anneal.engine.model.AdapterDropout;
import dev.anneal.engine.model.AppliedAdapter;
import dev.anneal.engine.model.DecoderModel;
import dev.anneal.engine.model.GoldenTensors;
import dev.anneal.engine.torch.ElementType;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Every family's greedy continuations are those of the golden file, of the base model and with an adapter at every beta: 32 tokens for each of its prompts,
 * near ties excluded when it was made, prompts of different lengths decoded together.
 */
class GoldenAnswersTest {

    @ParameterizedTest
    @ValueSource(strings = {"llama-tied", "llama-untied-gqa", "llama3-rope", "mistral", "qwen2", "qwen3"})
    void answersAreThoseOfTheGoldenFile(String name) throws IOException {
        JsonNode golden =
                JsonMapper.shared().readTree(Files.readAllBytes(GoldenTensors.path("generate/" + name + ".json")));
        try (DecoderModel model = DecoderModel.load(GoldenTensors.path("models/" + name), ElementType.FLOAT32, "cpu");
                Adapter adapter = Adapter.load(
                        model, config(golden), GoldenTensors.path("generate/" + name + ".adapter.safetensors"))) {
            requireAnswers(model, model.noAdapter(), golden, "base");
            for (String beta : List.of("1", "0.5", "0")) {
                AppliedAdapter applied = adapter.apply(Double.parseDouble(beta), AdapterDropout.NONE);
                requireAnswers(model, applied, golden, "beta_" + beta);
            }
            requireAnswers(model, adapter.apply(0, AdapterDropout.NONE), golden, "merged");
        }
    }

    private static void requireAnswers(DecoderModel model, AppliedAdapter adapter, JsonNode golden, String key) {
        List<int[]> prompts =
                ids(golden, "prompt").stream().map(GoldenAnswersTest::array).toList();
        List<List<Integer>> answers = new GreedyDecoder(model, adapter, Set.of(), 2)
                .answer(prompts, 32, () -> {}).stream()
                        .map(answer -> Arrays.stream(answer).boxed().toList())
                        .toList();

        assertThat(answers).as(key).isEqualTo(ids(golden, key));
    }

    private static AdapterConfig config(JsonNode golden) {
        return AdapterConfig.of(
                golden.path("r").asInt(),
                golden.path("alpha").asDouble(),
                false,
                0,
                golden.path("activation").asString(),
                AnnealingSchedule.none(),
                List.of(AdapterConfig.ALL_LINEAR));
    }

    private static List<List<Integer>> ids(JsonNode golden, String key) {
        return golden.path("cases")
                .valueStream()
                .map(value -> value.path(key).valueStream().map(JsonNode::asInt).toList())
                .toList();
    }

    private static int[] array(List<Integer> ids) {
        return ids.stream().mapToInt(Integer::intValue).toArray();
    }
}
