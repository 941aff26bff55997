package dev.anneal.engine.train.passes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.network.architecture.DeviceLimits;
import dev.anneal.engine.network.model.AdapterDropout;
import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.model.EmbeddingModels;
import dev.anneal.engine.network.model.GoldenTensors;
import dev.anneal.engine.network.model.Gradients;
import dev.anneal.engine.network.objective.LossSums;
import dev.anneal.engine.network.objective.Objective;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.text.data.EncodedRow;
import dev.anneal.engine.train.TensorsOf;
import dev.anneal.engine.train.state.FullTraining;
import dev.anneal.engine.train.state.GradientSum;
import dev.anneal.engine.train.state.Optimizer;
import dev.anneal.engine.train.state.Ranks;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Input and output embeddings where all weights are trained, against transformers (golden/embeddings): which of them
 * are one matrix, and the row of {@code pad_token_id}, which occurrences of that token in the input do not train.
 */
class EmbeddingTrainingTest {

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Path folder;

    // #17
    @ParameterizedTest
    @ValueSource(strings = {"llama-tied", "llama-untied-gqa", "stored-head", "stored-copy"})
    void theRunIsThatOfTransformers(String name) throws IOException {
        JsonNode golden = JsonMapper.shared()
                .readTree(GoldenTensors.path("embeddings/runs.json").toFile());
        JsonNode expected = golden.path("runs").path(name);
        Path directory = EmbeddingModels.of(name, folder.resolve("model"));
        EmbeddingModels.pad(directory, golden.path("pad").asInt());
        double rate = golden.path("rate").asDouble();
        double decay = golden.path("decay").asDouble();
        try (DecoderModel model = DecoderModel.load(directory, ElementType.FLOAT32, TestDevice.NAME);
                FullTraining trained = FullTraining.of(model, null);
                Optimizer optimizer = new Optimizer(model.scope(), trained, 1);
                GradientSum<Gradients> sum = new GradientSum<>(model.scope(), trained, optimizer, 1, Ranks.alone())) {
            Passes passes =
                    new Passes(model, sum, new ActivationCheckpointing("off"), new StopSignal(() -> false, () -> {}));
            assertThat(model.config().tiedEmbeddings())
                    .isEqualTo(expected.path("tied").asBoolean());
            for (int step = 0; step < golden.path("rows").size(); step++) {
                AppliedAdapter applied = trained.apply(0);
                LossSums sums = passes.train(
                                MicroBatch.split(
                                        List.of(row(golden.path("rows").path(step))),
                                        1,
                                        Sharing.NONE,
                                        DeviceLimits.CPU),
                                applied,
                                batch -> AdapterDropout.NONE,
                                piece -> Objective.LIKELIHOOD,
                                () -> {})
                        .orElseThrow()
                        .sums();
                JsonNode of = expected.path("steps").path(step);
                assertThat(sums.mean())
                        .as("loss of step %d", step)
                        .isCloseTo(of.path("loss").asDouble(), within(TestDevice.tolerance(1e-5)));
                assertThat(optimizer.norm(sum.total()) / sums.trained())
                        .as("norm of step %d", step)
                        .isCloseTo(of.path("grad_norm").asDouble(), within(TestDevice.tolerance(1e-4)));
                optimizer.step(sum.total(), 1.0 / sums.trained(), new Optimizer.Rates(rate, rate, decay), step + 1);
            }
            requireRow(trained, "model.embed_tokens.weight", golden, expected.path("embedding_of_pad"));
            if (!model.config().tiedEmbeddings()) {
                requireRow(trained, "lm_head.weight", golden, expected.path("head_of_pad"));
            }
        }
    }

    private void requireRow(FullTraining trained, String tensor, JsonNode golden, JsonNode expected)
            throws IOException {
        Path file = folder.resolve("trained.safetensors");
        trained.weights().save(file);
        Map<String, float[]> masters = TensorsOf.file(file);
        float[] row = JsonMapper.shared().treeToValue(expected, float[].class);
        int begin = golden.path("pad").asInt() * row.length;
        float[] found = Arrays.copyOfRange(masters.get(tensor), begin, begin + row.length);
        assertThat(GoldenTensors.largestDifference(found, row)).as(tensor).isLessThan(TestDevice.tolerance(5e-5));
    }

    private static EncodedRow row(JsonNode tokens) {
        int[] ids = JsonMapper.shared().treeToValue(tokens, int[].class);
        int[] labels = ids.clone();
        labels[0] = EncodedRow.NOT_TRAINED;
        return new EncodedRow(1, ids, labels, false);
    }
}
