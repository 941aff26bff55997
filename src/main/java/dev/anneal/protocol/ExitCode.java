package dev.anneal.protocol;

/** Exit codes of an engine process (decisions of sysexits.h where one fits). Any other code is a crash. */
public enum ExitCode {
    /** The task is done. */
    DONE(0),
    /** The client's input is at fault; trying again cannot help. */
    BAD_INPUT(64),
    /** The engine or the machine is at fault. */
    FAILURE(70),
    /** A checkpoint is saved and the task can go on elsewhere. */
    GIVEN_BACK(75);

    private final int code;

    ExitCode(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }
}
