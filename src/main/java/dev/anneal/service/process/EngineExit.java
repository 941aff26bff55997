package dev.anneal.service.process;

import dev.anneal.protocol.ExitCode;

/**
 * How an engine process ended.
 *
 * @param code exit code, or 128 plus the number of the signal that ended it
 * @param stderrTail the last lines it wrote to standard error
 */
public record EngineExit(int code, String stderrTail) {

    /** {@code -XX:+ExitOnOutOfMemoryError} ends the JVM with this code. */
    private static final int JAVA_HEAP_EXHAUSTED = 3;

    private static final int SIGNALLED = 128;
    private static final int SIGABRT = 6;
    private static final int SIGKILL = 9;
    private static final int SIGSEGV = 11;

    /** What a process's end means for its task. */
    public enum Meaning {
        DONE,
        BAD_INPUT,
        FAILURE,
        GIVEN_BACK,
        /** The Java heap was too small, or the kernel ended the process, which it does when memory runs out. */
        OUT_OF_MEMORY,
        /** Any other end: a native crash, a signal, or a code that is not ours. */
        CRASH
    }

    public Meaning meaning() {
        for (ExitCode known : ExitCode.values()) {
            if (known.code() == code) {
                return switch (known) {
                    case DONE -> Meaning.DONE;
                    case BAD_INPUT -> Meaning.BAD_INPUT;
                    case FAILURE -> Meaning.FAILURE;
                    case GIVEN_BACK -> Meaning.GIVEN_BACK;
                };
            }
        }
        return code == SIGNALLED + SIGKILL || code == JAVA_HEAP_EXHAUSTED ? Meaning.OUT_OF_MEMORY : Meaning.CRASH;
    }

    /** A sentence for the job's error and the log; without the text of standard error, which may hold paths. */
    public String describe() {
        return switch (meaning()) {
            case DONE -> "the engine process ended normally";
            case BAD_INPUT -> "the engine process refused its input";
            case FAILURE -> "the engine process failed";
            case GIVEN_BACK -> "the engine process saved a checkpoint and gave its task back";
            case OUT_OF_MEMORY ->
                code == JAVA_HEAP_EXHAUSTED
                        ? "the engine process ran out of Java heap (anneal.engine.heap)"
                        : "the engine process was killed (signal 9): most likely the machine or container ran out of memory";
            case CRASH -> "the engine process crashed (" + signalOrCode() + ")";
        };
    }

    private String signalOrCode() {
        return switch (code - SIGNALLED) {
            case SIGABRT -> "signal 6, a native abort";
            case SIGSEGV -> "signal 11, a native memory fault";
            default -> code > SIGNALLED ? "signal " + (code - SIGNALLED) : "exit code " + code;
        };
    }
}
