package dev.anneal.protocol;

/** Exit codes of an engine process, from sysexits.h where one fits. Any other code is a crash. */
public enum ExitCode {
    /** The task is done. */
    DONE(0),
    /** The client's input is invalid; a retry cannot succeed. */
    BAD_INPUT(64),
    /** The engine or the machine failed. */
    FAILURE(70),
    /** A checkpoint is saved; the task can continue in another process. */
    GIVEN_BACK(75);

    private final int code;

    ExitCode(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }
}
