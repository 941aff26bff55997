package dev.anneal.service.platform.process;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts a process at a low priority, so that others, mainly this service, get the processor first. */
final class Niceness {

    private static final Logger LOG = LoggerFactory.getLogger(Niceness.class);

    private Niceness() {}

    /**
     * The words to put before a command. The process id stays the same, because {@code nice} executes the command in
     * its own process.
     *
     * @param niceness added to this process's own; 0 changes nothing
     * @param searchPath folders in the form of {@code PATH}; without {@code nice} in any of them nothing is changed
     */
    static List<String> prefix(int niceness, String searchPath) {
        if (niceness == 0) {
            return List.of();
        }
        return Arrays.stream(searchPath.split(File.pathSeparator, -1))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, "nice"))
                .filter(Files::isExecutable)
                .findFirst()
                .map(program -> List.of(program.toString(), "-n", Integer.toString(niceness)))
                .orElseGet(Niceness::unchanged);
    }

    private static List<String> unchanged() {
        LOG.warn("There is no program 'nice' on the PATH, so engine processes compete with the service"
                + " (anneal.engine.niceness)");
        return List.of();
    }
}
