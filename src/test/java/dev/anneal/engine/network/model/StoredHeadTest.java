package dev.anneal.engine.network.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.network.objective.TokenRows;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/**
 * A stored output embedding that differs from the input embedding is computed with, whatever
 * {@code tie_word_embeddings} says.
 */
class StoredHeadTest {

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Path folder;

    // #17
    @Test
    void logitsAreThoseOfTransformers() throws IOException {
        Path stored = EmbeddingModels.of("stored-head", folder.resolve("model"));
        TokenRows rows = TokenRows.of(List.of(JsonMapper.shared()
                .treeToValue(
                        JsonMapper.shared()
                                .readTree(GoldenTensors.path("embeddings/runs.json")
                                        .toFile())
                                .path("rows"),
                        int[][].class)));
        try (DecoderModel model = DecoderModel.load(stored, ElementType.FLOAT32, TestDevice.NAME)) {
            float[] logits = Logits.of(model, rows, model.noAdapter());

            assertThat(GoldenTensors.largestDifference(logits, GoldenTensors.floats(EmbeddingModels.GOLDEN, "logits")))
                    .isLessThan(TestDevice.tolerance(2e-5));
        }
    }

    @Test
    void aModelThatIsStreamedHasIt() throws IOException {
        Path stored = EmbeddingModels.of("stored-head", folder.resolve("model"));
        try (StreamedModel model = StreamedModel.open(stored, stored, TestDevice.NAME);
                TensorScope scope = model.scope().child();
                Tensor rows = model.outputEmbedding(scope, 0, model.config().vocabularySize())) {
            assertThat(rows.toFloats()).isEqualTo(GoldenTensors.floats(EmbeddingModels.GOLDEN, "lm_head.weight"));
        }
    }
}
