package dev.anneal.engine.run;

import dev.anneal.engine.export.weight.ExportException;
import dev.anneal.engine.format.file.DiskFull;
import dev.anneal.engine.format.safetensors.SafetensorsException;
import dev.anneal.engine.grade.GraderException;
import dev.anneal.engine.network.architecture.ModelConfigException;
import dev.anneal.engine.network.lora.AdapterConfigException;
import dev.anneal.engine.network.lora.AdapterFileException;
import dev.anneal.engine.network.peft.PeftException;
import dev.anneal.engine.network.torch.DeviceException;
import dev.anneal.engine.network.torch.TorchException;
import dev.anneal.engine.run.evaluate.GraderFailedException;
import dev.anneal.engine.run.task.HostPaths;
import dev.anneal.engine.run.task.StoppedException;
import dev.anneal.engine.run.task.TaskException;
import dev.anneal.engine.text.fault.DataException;
import dev.anneal.engine.text.template.StalledRenderingException;
import dev.anneal.engine.train.state.TrainingException;
import dev.anneal.protocol.ExitCode;
import dev.anneal.protocol.Progress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Reports a failure of a task: a message for the client, a log entry for the operator and an exit code for the
 * supervisor.
 */
final class FailureReport {

    private static final Logger LOG = System.getLogger(FailureReport.class.getName());

    private FailureReport() {}

    /**
     * @param paths paths removed from the client's message, but not from the log
     */
    static ExitCode report(Throwable thrown, ProgressWriter progress, HostPaths paths) {
        if (thrown instanceof StoppedException) {
            return ExitCode.GIVEN_BACK;
        }
        TaskException failure = classified(thrown);
        LOG.log(Level.ERROR, "The task ends with " + failure.exitCode() + ", code " + failure.code(), thrown);
        progress.write(new Progress.Failed(failure.code(), paths.takenFrom(failure.message()), failure.step()));
        return failure.exitCode();
    }

    /** The failure as reported to the client. */
    static TaskException classified(Throwable thrown) {
        if (thrown instanceof TaskException known) {
            return known;
        }
        if (thrown instanceof DataException data) {
            return TaskException.badInput(data.code().wireName(), message(data), data);
        }
        if (thrown instanceof SafetensorsException || thrown instanceof ModelConfigException) {
            // Hashes of checkpoint files have been verified before.
            return TaskException.badInput("base_model_unreadable", message(thrown), thrown);
        }
        if (thrown instanceof AdapterConfigException settings) {
            return TaskException.badInput("invalid_task", message(settings), settings);
        }
        if (thrown instanceof ExportException export) {
            return TaskException.badInput(export.code().wireName(), message(export), export);
        }
        if (thrown instanceof PeftException adapter) {
            return TaskException.badInput("adapter_invalid", "the uploaded adapter: " + message(adapter), adapter);
        }
        if (thrown instanceof AdapterFileException adapter) {
            // Its bytes are those that were written, so another attempt would find it no better.
            return TaskException.badInput("adapter_invalid", message(adapter), adapter);
        }
        if (thrown instanceof GraderFailedException grader) {
            return grader.mayPass()
                    ? TaskException.failure("grader_failed", message(grader), grader)
                    : TaskException.badInput("grader_failed", message(grader), grader);
        }
        if (thrown instanceof GraderException grader) {
            return TaskException.badInput(grader.code().wireName(), grader.explanation(), grader);
        }
        if (thrown instanceof TrainingException training) {
            return ofTraining(training);
        }
        return ofMachine(thrown);
    }

    private static TaskException ofTraining(TrainingException e) {
        return switch (e.code()) {
            // The failed step is the one after the last completed one.
            case NON_FINITE_LOSS, TRAINING_DIVERGED, GRADER_FAILED ->
                TaskException.badInput(e.code().wireName(), message(e), e.step() + 1);
            case GRADER_UNANSWERED, DISK_FULL, CHECKPOINT_DAMAGED, CHECKPOINT_MISMATCH, RANKS_DIFFER ->
                TaskException.failure(e.code().wireName(), message(e), e);
        };
    }

    private static TaskException ofMachine(Throwable thrown) {
        if (thrown instanceof DeviceException device) {
            return TaskException.failure("device_unavailable", message(device), device);
        }
        if (thrown instanceof OutOfMemoryError) {
            return TaskException.failure("out_of_memory", "the engine process ran out of Java heap", thrown);
        }
        if (thrown instanceof TorchException torch && torch.isOutOfMemory()) {
            return TaskException.failure("out_of_memory", "the device has no memory left for this task", thrown);
        }
        if (thrown instanceof TorchException torch && torch.isOfLostRank()) {
            return TaskException.failure(
                    "rank_lost", "another process of this training has ended or does not answer", thrown);
        }
        @Nullable String deviceFault = thrown instanceof TorchException torch ? torch.deviceFault() : null;
        if (deviceFault != null) {
            return TaskException.failure("device_failed", "the device failed: " + deviceFault, thrown);
        }
        if (thrown instanceof StalledRenderingException stalled) {
            return TaskException.failure(
                    "rendering_stalled",
                    message(stalled) + "; the machine is overloaded, or the row is too much for it",
                    stalled);
        }
        @Nullable Throwable cause = thrown instanceof UncheckedIOException ? thrown.getCause() : thrown;
        if (cause instanceof IOException io) {
            return TaskException.failure(DiskFull.isCauseOf(io) ? "disk_full" : "io_error", describe(io), io);
        }
        return TaskException.failure("internal_error", describe(thrown), thrown);
    }

    private static String message(Throwable thrown) {
        return String.valueOf(thrown.getMessage());
    }

    private static String describe(Throwable thrown) {
        if (thrown instanceof FileSystemException failure && failure.getFile() != null) {
            return describe(failure, Path.of(failure.getFile()));
        }
        return thrown.getClass().getSimpleName() + ": " + thrown.getMessage();
    }

    /** Describes a failure of any file of the host, also one that no task names. */
    private static String describe(FileSystemException failure, Path file) {
        String reason = failure.getReason() == null ? "" : ": " + failure.getReason();
        return failure.getClass().getSimpleName() + ": " + file.getFileName() + reason;
    }
}
