package dev.anneal.cli.terminal;

import java.io.Console;
import org.jspecify.annotations.Nullable;

/** The terminal that the command runs in, if it runs in one. */
public final class Terminal {

    static {
        // From Java 22 on there is otherwise a console without a terminal as well.
        System.setProperty("jdk.console", "java.base");
    }

    private Terminal() {}

    /** Null if input or output is redirected. */
    @SuppressWarnings("SystemConsoleNull") // the property above
    public static @Nullable Console console() {
        return System.console();
    }
}
