package dev.anneal.engine.run.task;

import dev.anneal.protocol.Task;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads {@code task.json}. Every key must be present, if only with null: a missing key means a task of another version.
 */
public final class TaskFile {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private TaskFile() {}

    public static Task read(Path file) {
        try {
            return JSON.readValue(Files.readAllBytes(file), Task.class);
        } catch (JacksonException e) {
            throw TaskException.badInput("invalid_task", file + " is not a task: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw TaskException.badInput("invalid_task", "cannot read the task " + file + ": " + e.getMessage(), e);
        }
    }
}
