package dev.anneal.engine.run.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anneal.protocol.EvaluateTask;
import dev.anneal.protocol.ExitCode;
import dev.anneal.protocol.Task;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** A task is read as the worker wrote it, or refused as a whole. */
class TaskFileTest {

    private static final Task TASK = new EvaluateTask(
            new Task.BaseModel("anneal-tiny", null, "/models/anneal-tiny"),
            new Task.Machine("cpu", 2, "auto"),
            Instant.parse("2026-03-05T07:08:09.000123Z"),
            null,
            "/data/test.jsonl",
            48,
            3,
            new EvaluateTask.Grading(Map.of("type", "string_check", "reference", List.of(1, 2.5, true)), 4, 0.7, -1));

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Path folder;

    @Test
    void taskComesBackAsItWasWritten() throws IOException {
        assertThat(TaskFile.read(write(JsonMapper.shared().writeValueAsString(TASK))))
                .isEqualTo(TASK);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{\"task\":\"dance\"}",
                "{\"task\":\"EvaluateTask\"}",
                "{\"task\":\"EvaluateTask\",\"model\":null,\"machine\":null,\"templateTime\":null,\"checkpointDirectory\":null,\"testFile\":\"a\",\"maxNewTokens\":1,\"sampleRows\":1}",
                "{\"task\":\"EvaluateTask\",\"model\":null,\"machine\":null,\"templateTime\":null,\"checkpointDirectory\":null,\"testFile\":\"a\",\"maxNewTokens\":1,\"sampleRows\":1,\"grading\":null,\"extra\":1}",
            })
    void anythingElseIsBadInput(String json) throws IOException {
        Path file = write(json);

        assertThatThrownBy(() -> TaskFile.read(file))
                .isInstanceOfSatisfying(TaskException.class, e -> {
                    assertThat(e.code()).isEqualTo("invalid_task");
                    assertThat(e.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
                })
                .hasMessageContaining(file.toString());
    }

    @Test
    void missingFileIsBadInput() {
        assertThatThrownBy(() -> TaskFile.read(folder.resolve("none.json"))).isInstanceOf(TaskException.class);
    }

    private Path write(String json) throws IOException {
        return Files.writeString(folder.resolve("task.json"), json);
    }
}
