package dev.anneal.service.platform.process;

import dev.anneal.protocol.ExitCode;

/**
 * How an engine process ended.
 *
 * @param code exit code, or 128 plus the number of the signal that ended it
 * @param stderrTail the last lines it wrote to standard error
 * @param oomKilled whether the kernel killed a process for lack of memory while this one ran
 */
public record EngineExit(int code, String stderrTail, boolean oomKilled) {

    /** {@code -XX:+ExitOnOutOfMemoryError} ends the JVM with this code. */
    private static final int JAVA_HEAP_EXHAUSTED = 3;

    /** The message of a JVM to which the system refuses memory; it exits with 1. */
    private static final String REFUSED_MEMORY = "insufficient memory for the Java Runtime Environment";

    private static final int SIGNALLED = 128;
    private static final int SIGHUP = 1;
    private static final int SIGINT = 2;
    private static final int SIGABRT = 6;
    private static final int SIGKILL = 9;
    private static final int SIGSEGV = 11;
    private static final int SIGTERM = 15;

    /** Causes of a process's end. */
    public enum Meaning {
        DONE,
        BAD_INPUT,
        FAILURE,
        GIVEN_BACK,
        /** The Java heap was too small, or the system ran out of memory, as reported by the kernel or the JVM. */
        OUT_OF_MEMORY,
        /** The process was killed, with no sign that memory had run out. */
        KILLED,
        /** Any other end: a native crash or an unknown exit code. */
        CRASH
    }

    /** An end without a kill by the kernel. */
    public EngineExit(int code, String stderrTail) {
        this(code, stderrTail, false);
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
        return switch (code - SIGNALLED) {
            case SIGKILL -> oomKilled ? Meaning.OUT_OF_MEMORY : Meaning.KILLED;
            case SIGHUP, SIGINT, SIGTERM -> Meaning.KILLED;
            default ->
                code == JAVA_HEAP_EXHAUSTED || stderrTail.contains(REFUSED_MEMORY)
                        ? Meaning.OUT_OF_MEMORY
                        : Meaning.CRASH;
        };
    }

    /** A sentence for the job's error and the log; without the text of standard error, which may hold paths. */
    public String describe() {
        return switch (meaning()) {
            case DONE -> "the engine process ended normally";
            case BAD_INPUT -> "the engine process refused its input";
            case FAILURE -> "the engine process failed";
            case GIVEN_BACK -> "the engine process saved a checkpoint and gave its task back";
            case OUT_OF_MEMORY -> outOfMemory();
            case KILLED ->
                "the engine process was killed from outside (" + signalOrCode()
                        + "), and there is no sign that memory ran out";
            case CRASH -> "the engine process crashed (" + signalOrCode() + ")";
        };
    }

    private String outOfMemory() {
        return switch (code) {
            case JAVA_HEAP_EXHAUSTED -> "the engine process ran out of Java heap (anneal.engine.heap)";
            case SIGNALLED + SIGKILL ->
                "the kernel killed the engine process (signal 9), because the machine or container ran out of memory";
            default -> "the engine process was refused memory by the machine or container";
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
