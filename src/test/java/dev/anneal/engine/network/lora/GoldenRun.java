package dev.anneal.engine.network.lora;

import dev.anneal.engine.network.architecture.Projections;
import dev.anneal.engine.network.model.GoldenTensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One of the reference's 24-step runs: its settings, metrics and tensor files. */
public record GoldenRun(String folder, JsonNode record) {

    /** A run on llama-tied. */
    public static GoldenRun of(String name) {
        return of("llama-tied", name);
    }

    public static GoldenRun of(String model, String name) {
        String folder = "sft/" + model + "/" + name;
        try {
            return new GoldenRun(
                    folder, new JsonMapper().readTree(Files.readString(GoldenTensors.path(folder + "/run.json"))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Folder of the base model below the golden folder. */
    public String model() {
        return "models/" + record.path("model").asString();
    }

    /** Name of the base model's file with the inputs of all evaluations below the golden folder. */
    public String inputs() {
        return model() + "/expected.safetensors";
    }

    public AdapterConfig config() {
        JsonNode schedule = record.path("schedule");
        return AdapterConfig.of(
                record.path("r").asInt(),
                record.path("alpha").asDouble(),
                record.path("rslora").asBoolean(),
                0,
                record.path("activation").asString(),
                AnnealingSchedule.of(
                        schedule.path("shape").asString(),
                        schedule.path("start").asDouble(),
                        schedule.path("end").asDouble()),
                AdapterConfig.targetsNamed(List.of(AdapterConfig.ALL_LINEAR), Projections.SEPARATE));
    }

    /** Name of a file of the run below the golden folder. */
    public String file(String name) {
        return folder + "/" + name + ".safetensors";
    }

    public Path path(String name) {
        return GoldenTensors.path(file(name));
    }

    public JsonNode metrics(int step) {
        return record.path("metrics").path(step);
    }
}
