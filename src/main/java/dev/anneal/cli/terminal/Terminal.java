package dev.anneal.cli.terminal;

import java.io.Console;
import java.util.Map;
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

    /**
     * Whether lines of progress can be redrawn: standard error is the terminal too, of which the launcher tells, and it
     * is no simple one.
     */
    public static boolean redraws(Map<String, String> environment) {
        return console() != null
                && !"file".equals(System.getProperty("anneal.stderr"))
                && !"dumb".equals(environment.get("TERM"));
    }
}
