package dev.anneal.protocol;

import java.util.Locale;

/**
 * A line that the worker writes, in lower case, to an engine process's standard input. The end of standard input means
 * {@link #STOP}.
 */
public enum Command implements WireName {
    /** Save a checkpoint after the current step, then continue. */
    SAVE,
    /** Finish the current step, save a checkpoint, and exit with {@link ExitCode#GIVEN_BACK}. */
    STOP;

    /**
     * @throws IllegalArgumentException if the line is not a command
     */
    public static Command ofLine(String line) {
        return valueOf(line.strip().toUpperCase(Locale.ROOT));
    }
}
