package dev.anneal.engine.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.anneal.engine.format.safetensors.SafetensorsException;
import dev.anneal.engine.grade.GraderException;
import dev.anneal.engine.grade.Graders;
import dev.anneal.engine.network.architecture.ModelConfigException;
import dev.anneal.engine.network.lora.AdapterFileException;
import dev.anneal.engine.network.torch.TorchException;
import dev.anneal.engine.run.task.HostPaths;
import dev.anneal.engine.run.task.StoppedException;
import dev.anneal.engine.run.task.TaskException;
import dev.anneal.protocol.ExitCode;
import dev.anneal.protocol.ExportTask;
import dev.anneal.protocol.Progress;
import dev.anneal.protocol.Task;
import dev.anneal.protocol.TrainingRecord;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** Each kind of failure has its code for the client and its exit code for the supervisor. */
class FailureReportTest {

    private static final HostPaths PATHS = HostPaths.of(Path.of("/srv/engines/train-1"))
            .with(new ExportTask(
                    new Task.BaseModel("org/model", null, "/srv/models/org/model"),
                    new Task.Machine("cpu", 0, "auto"),
                    Instant.EPOCH,
                    "ftexp-1",
                    "merged",
                    "base",
                    null,
                    new TrainingRecord(
                            "ftjob-1",
                            "ft:model:default::1",
                            new TrainingRecord.DataFile("file-1", null),
                            null,
                            null,
                            List.of()),
                    "/srv/models of jobs/acme/checkpoint-8",
                    null,
                    null,
                    null,
                    1_000_000,
                    "/srv/artifacts/acme/ftexp-1"));

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ProgressWriter progress = new ProgressWriter(new PrintStream(out, true, UTF_8));

    @Test
    void badInputEndsWith64() {
        ExitCode code =
                FailureReport.report(TaskException.badInput("non_finite_loss", "the loss is NaN", 7), progress, PATHS);

        assertThat(code).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(out.toString(UTF_8))
                .isEqualTo(
                        "{\"event\":\"Failed\",\"code\":\"non_finite_loss\",\"message\":\"the loss is NaN\",\"step\":7}\n");
    }

    @Test
    void fullDiskIsNamed() {
        IOException full = new IOException("No space left on device");

        assertThat(FailureReport.report(new UncheckedIOException(full), progress, PATHS))
                .isEqualTo(ExitCode.FAILURE);
        assertThat(out.toString(UTF_8)).contains("\"code\":\"disk_full\"");
    }

    @Test
    void exhaustedHeapIsNamed() {
        assertThat(FailureReport.report(new OutOfMemoryError("Java heap space"), progress, PATHS))
                .isEqualTo(ExitCode.FAILURE);
        assertThat(out.toString(UTF_8)).contains("\"code\":\"out_of_memory\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[enforce fail at alloc_cpu.cpp:119] err == 0. DefaultCPUAllocator: can't allocate memory",
                "CUDA out of memory. Tried to allocate 2.00 GiB",
                "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling cublasCreate(handle)"
            })
    void exhaustedDeviceIsNamed(String words) {
        assertThat(FailureReport.report(
                        new TorchException("in layer: " + words, new IllegalStateException()), progress, PATHS))
                .isEqualTo(ExitCode.FAILURE);
        assertThat(out.toString(UTF_8)).contains("\"code\":\"out_of_memory\"");
    }

    @Test
    void brokenModelFileIsTheInputs() {
        SafetensorsException broken = new SafetensorsException(Path.of("model.safetensors"), "ends too early");

        assertThat(FailureReport.report(broken, progress, PATHS)).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(out.toString(UTF_8))
                .contains("\"code\":\"base_model_unreadable\"", "model.safetensors: ends too early");
    }

    @Test
    void anAdapterFileOfAnotherAdapterIsTheInputs() {
        AdapterFileException other = new AdapterFileException(Path.of("adapter.safetensors"), "has no tensor 'x'");

        assertThat(FailureReport.report(other, progress, PATHS)).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(out.toString(UTF_8))
                .contains("\"code\":\"adapter_invalid\"", "adapter.safetensors: has no tensor 'x'");
    }

    @Test
    void clientsReadWhichFileIsBrokenAndNotWhereItLies() {
        FailureReport.report(
                new SafetensorsException(Path.of("/srv/models/org/model/model.safetensors"), "ends too early"),
                progress,
                PATHS);
        FailureReport.report(
                new ModelConfigException(Path.of("/srv/models/org/model"), "must hold model.safetensors"),
                progress,
                PATHS);
        FailureReport.report(
                new AdapterFileException(
                        Path.of("/srv/models of jobs/acme/checkpoint-8/adapter.safetensors"), "has no tensor 'x'"),
                progress,
                PATHS);
        FailureReport.report(
                TaskException.badInput("invalid_task", "/srv/engines/train-1/task.json is not a task", null),
                progress,
                PATHS);

        assertThat(messages())
                .containsExactly(
                        "model.safetensors: ends too early",
                        "model: must hold model.safetensors",
                        "adapter.safetensors: has no tensor 'x'",
                        "task.json is not a task");
    }

    @Test
    void aFileThatNoTaskNamesLosesItsFolderToo() {
        FailureReport.report(
                new AccessDeniedException("/home/op/.anneal/engine-cache/file-hashes/1f", null, "Permission denied"),
                progress,
                PATHS);

        assertThat(messages()).containsExactly("AccessDeniedException: 1f: Permission denied");
    }

    private List<String> messages() {
        return out.toString(UTF_8)
                .lines()
                .map(line -> ((Progress.Failed) JsonMapper.shared().readValue(line, Progress.class)).message())
                .toList();
    }

    @Test
    void aGraderThatCannotBeReadIsTheClients() {
        GraderException unreadable =
                catchThrowableOfType(GraderException.class, () -> Graders.parse(Map.of("type", "regex"), "grader"));

        assertThat(FailureReport.report(unreadable, progress, PATHS)).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(out.toString(UTF_8)).contains("\"code\":\"grader_invalid\"", "'grader.type' must be one of");
    }

    @Test
    void unforeseenFailureIsTheEngines() {
        assertThat(FailureReport.report(new IllegalStateException("who knows"), progress, PATHS))
                .isEqualTo(ExitCode.FAILURE);
        assertThat(out.toString(UTF_8)).contains("\"code\":\"internal_error\"").contains("who knows");
    }

    @Test
    void stoppedTaskIsGivenBackWithoutAWord() {
        assertThat(FailureReport.report(new StoppedException(), progress, PATHS))
                .isEqualTo(ExitCode.GIVEN_BACK);
        assertThat(out.size()).isZero();
    }
}
