package dev.anneal.engine.network.generate;

import dev.anneal.engine.network.architecture.Projections;
import dev.anneal.engine.network.lora.AdapterConfig;
import dev.anneal.engine.network.lora.AnnealingSchedule;
import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.model.GoldenTensors;
import dev.anneal.engine.network.model.IncrementalDecoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Greedy answers of one golden model: 32 tokens for each of its prompts, near ties excluded when they were made. */
public record GoldenAnswers(String name, JsonNode file) {

    public static GoldenAnswers of(String name) throws IOException {
        Path path = GoldenTensors.path("generate/" + name + ".json");
        return new GoldenAnswers(name, JsonMapper.shared().readTree(Files.readAllBytes(path)));
    }

    /** Folder of the model. */
    public Path model() {
        return GoldenTensors.path("models/" + name);
    }

    /** Adapter whose answers are given at beta 1, 0.5, 0 and merged. */
    public Path adapter() {
        return GoldenTensors.path("generate/" + name + ".adapter.safetensors");
    }

    public AdapterConfig adapterConfig() {
        return AdapterConfig.of(
                file.path("r").asInt(),
                file.path("alpha").asDouble(),
                false,
                0,
                file.path("activation").asString(),
                AnnealingSchedule.none(),
                AdapterConfig.targetsNamed(List.of(AdapterConfig.ALL_LINEAR), Projections.SEPARATE));
    }

    /** What the golden file holds under {@code base}, {@code beta_1} and so on, or {@code merged}. */
    public List<List<Integer>> expected(String key) {
        return file.path("cases")
                .valueStream()
                .map(value -> value.path(key).valueStream().map(JsonNode::asInt).toList())
                .toList();
    }

    /** What a model says, all prompts of different lengths decoded together. */
    public List<List<Integer>> answers(DecoderModel model, AppliedAdapter adapter) {
        List<int[]> prompts = expected("prompt").stream()
                .map(ids -> ids.stream().mapToInt(Integer::intValue).toArray())
                .toList();
        return new Decoder(new IncrementalDecoder(model), adapter, Set.of(), new BatchWidth(2))
                .answerGreedily(prompts, 32, () -> {}).stream()
                        .map(answer -> Arrays.stream(answer).boxed().toList())
                        .toList();
    }
}
