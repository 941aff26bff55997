package dev.anneal.engine.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.engine.network.model.GoldenTensors;
import dev.anneal.protocol.ExitCode;
import dev.anneal.protocol.Figure;
import dev.anneal.protocol.Progress;
import dev.anneal.protocol.Task;
import dev.anneal.protocol.TrainTask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Whole jobs on a base in 4 bits: quantised when it is loaded, or by bitsandbytes before. */
class FourBitJobIT {

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Path folder;

    @Test
    void theAdapterIsMergedIntoTheOriginalWeights() throws Exception {
        Task.BaseModel model = model(GoldenTensors.path("models/llama-tied"));
        Path checkpoint = trained(Tasks.inNf4(Tasks.train(model, folder.resolve("attempt"), 0.01)));
        Path output = folder.resolve("merged");

        assertEnds(Tasks.export(model, "merged", "base", checkpoint, output), ExitCode.DONE);

        JsonNode proof = JsonMapper.shared()
                .readTree(Files.readString(output.resolve("manifest.json")))
                .path("proof");
        assertThat(proof.path("tensors_changed").asInt()).isEqualTo(14);
        assertThat(proof.path("trained_base_precision").asString()).isEqualTo("nf4");
        assertThat(proof.path("compared_base_weights").asString()).isEqualTo("original");
        assertThat(proof.path("max_abs_logit_diff").asDouble()).isBetween(1e-9, 1e-4);
        assertThat(output.resolve("ANNEAL.md")).content().contains("4 bits (NF4)");
    }

    @Test
    void aBaseThatBitsandbytesHasQuantisedIsTrainedAsItIs() throws Exception {
        Task.BaseModel model = model(quantised());
        Path checkpoint = trained(Tasks.train(model, folder.resolve("attempt"), 0.01));

        assertEnds(Tasks.export(model, "adapter", "base", checkpoint, folder.resolve("adapter")), ExitCode.DONE);
        Progress.Failed failed = assertEnds(
                Tasks.export(model, "merged", "base", checkpoint, folder.resolve("merged")), ExitCode.BAD_INPUT);
        assertThat(failed.code()).isEqualTo("unsupported_by_format");
        assertThat(failed.message()).contains("in 4 bits", "export kind 'adapter'");
    }

    private Path quantised() throws IOException {
        Path directory = Files.createDirectory(folder.resolve("quantised"));
        for (String name : List.of("config.json", "model.safetensors")) {
            Files.copy(GoldenTensors.path("nf4/model").resolve(name), directory.resolve(name));
        }
        for (String name : List.of("tokenizer.json", "tokenizer_config.json")) {
            Files.copy(GoldenTensors.path("models/llama-tied").resolve(name), directory.resolve(name));
        }
        return directory;
    }

    private static Task.BaseModel model(Path directory) {
        return new Task.BaseModel("llama-tied", null, directory.toAbsolutePath().toString());
    }

    /** @return the last checkpoint */
    private Path trained(TrainTask task) throws Exception {
        try (EngineChild engine = EngineChild.start(task, folder.resolve("work"))) {
            engine.assertEnds(ExitCode.DONE.code());
            List<Progress.Step> steps = engine.all(Progress.Step.class);
            assertThat(steps).hasSize(Tasks.STEPS);
            assertThat(steps.get(Tasks.STEPS - 1).get(Figure.TRAIN_LOSS))
                    .isLessThan(steps.get(0).get(Figure.TRAIN_LOSS));
            return Path.of(engine.last(Progress.CheckpointSaved.class).directory());
        }
    }

    /** @return the failure, if the task is to fail */
    private Progress.Failed assertEnds(Task task, ExitCode code) throws Exception {
        try (EngineChild engine = EngineChild.start(task, Files.createTempDirectory(folder, "work"))) {
            engine.assertEnds(code.code());
            return code == ExitCode.DONE ? new Progress.Failed("", "", null) : engine.last(Progress.Failed.class);
        }
    }
}
