package dev.anneal.service.platform.process;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Starts a process whose files and folders only its user may access, which a JVM cannot ask for itself. */
final class Umask {

    private static final Path SHELL = Path.of("/bin/sh");

    private Umask() {}

    /**
     * The words to put before a command; none where there is no shell. The process id stays the same, because the shell
     * is replaced.
     */
    static List<String> prefix() {
        return Files.isExecutable(SHELL)
                ? List.of(SHELL.toString(), "-c", "umask 077 && exec \"$0\" \"$@\"")
                : List.of();
    }
}
