package dev.anneal.engine.run.task;

import dev.anneal.protocol.ExitCode;
import org.jspecify.annotations.Nullable;

/** Failure of a task: code and message for the client, and the exit code for the supervisor. */
public final class TaskException extends RuntimeException {

    private final String code;
    private final String message;
    private final ExitCode exitCode;
    private final @Nullable Integer step;

    private TaskException(
            String code, String message, ExitCode exitCode, @Nullable Integer step, @Nullable Throwable cause) {
        super(message, cause);
        this.message = message;
        this.code = code;
        this.exitCode = exitCode;
        this.step = step;
    }

    /** The client's input is invalid. */
    public static TaskException badInput(String code, String message, @Nullable Throwable cause) {
        return new TaskException(code, message, ExitCode.BAD_INPUT, null, cause);
    }

    /** The client's input is invalid, detected at an optimizer step. */
    public static TaskException badInput(String code, String message, int step) {
        return new TaskException(code, message, ExitCode.BAD_INPUT, step, null);
    }

    /** The engine or the machine failed. */
    public static TaskException failure(String code, String message) {
        return new TaskException(code, message, ExitCode.FAILURE, null, null);
    }

    /** The engine or the machine failed. */
    public static TaskException failure(String code, String message, Throwable cause) {
        return new TaskException(code, message, ExitCode.FAILURE, null, cause);
    }

    /** Message for the client. */
    public String message() {
        return message;
    }

    public String code() {
        return code;
    }

    public ExitCode exitCode() {
        return exitCode;
    }

    @Nullable
    public Integer step() {
        return step;
    }
}
