package dev.anneal.engine.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.engine.network.model.GoldenTensors;
import dev.anneal.protocol.ExitCode;
import dev.anneal.protocol.Figure;
import dev.anneal.protocol.Progress;
import dev.anneal.protocol.Task;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A whole job on a model of another family than the bundled one's: with its own tokenizer and template, trained, merged
 * and proved.
 */
class FamilyJobIT {

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Path folder;

    @Test
    void aQwen3ModelIsTrainedAndMerged() throws Exception {
        Task.BaseModel model = new Task.BaseModel(
                "qwen3",
                null,
                GoldenTensors.path("models/qwen3").toAbsolutePath().toString());
        Path checkpoint;
        try (EngineChild engine =
                EngineChild.start(Tasks.train(model, folder.resolve("attempt"), 0.01), folder.resolve("work"))) {
            engine.assertEnds(ExitCode.DONE.code());
            List<Progress.Step> steps = engine.all(Progress.Step.class);
            assertThat(steps).hasSize(Tasks.STEPS);
            assertThat(steps.get(Tasks.STEPS - 1).get(Figure.TRAIN_LOSS))
                    .isLessThan(steps.get(0).get(Figure.TRAIN_LOSS));
            checkpoint = Path.of(engine.last(Progress.CheckpointSaved.class).directory());
        }
        Path output = folder.resolve("merged");
        try (EngineChild engine = EngineChild.start(
                Tasks.export(model, "merged", "base", checkpoint, output), folder.resolve("export"))) {
            engine.assertEnds(ExitCode.DONE.code());
        }
        JsonNode proof = JsonMapper.shared()
                .readTree(Files.readString(output.resolve("manifest.json")))
                .path("proof");
        assertThat(proof.path("tensors_changed").asInt()).isEqualTo(14);
        assertThat(proof.path("max_abs_logit_diff").asDouble()).isBetween(1e-9, 1e-4);
    }
}
