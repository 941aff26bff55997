package dev.anneal.service.platform.postgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Content of {@code postmaster.pid}, the file of a running server, which a killed server leaves behind.
 *
 * @param isReady whether the server had started completely when the file was read
 */
public record PostmasterFile(long pid, int port, boolean isReady) {

    private static final int PID_LINE = 0;
    private static final int PORT_LINE = 3;
    private static final int STATUS_LINE = 7;

    private static final Pattern PORT_OPTION = Pattern.compile("\"-p\" \"([0-9]{1,5})\"");

    /** The file in {@code dataDirectory}; empty if it does not exist or is incomplete. */
    public static Optional<PostmasterFile> read(Path dataDirectory) throws IOException {
        List<String> lines;
        try {
            lines = Files.readAllLines(path(dataDirectory));
        } catch (NoSuchFileException stopped) {
            return Optional.empty();
        }
        if (lines.size() <= PORT_LINE) {
            return Optional.empty();
        }
        return Optional.of(new PostmasterFile(
                Long.parseLong(lines.get(PID_LINE).strip()),
                Integer.parseInt(lines.get(PORT_LINE).strip()),
                lines.size() > STATUS_LINE && lines.get(STATUS_LINE).strip().equals("ready")));
    }

    /** The file of the running server; empty if none runs. */
    static Optional<PostmasterFile> ofRunning(Path dataDirectory) throws IOException {
        return read(dataDirectory).filter(PostmasterFile::isAlive);
    }

    /** The port at the server's last start, which {@code postmaster.opts} keeps; empty if it has not started yet. */
    static OptionalInt lastPort(Path dataDirectory) throws IOException {
        Path options = dataDirectory.resolve("postmaster.opts");
        if (!Files.exists(options)) {
            return OptionalInt.empty();
        }
        Matcher port = PORT_OPTION.matcher(Files.readString(options));
        return port.find() ? OptionalInt.of(Integer.parseInt(port.group(1))) : OptionalInt.empty();
    }

    static Path path(Path dataDirectory) {
        return dataDirectory.resolve("postmaster.pid");
    }

    /** Whether its process is a running server; another program may have the process id by now. */
    boolean isAlive() {
        return ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                .flatMap(process -> process.info().command())
                .filter(command -> command.endsWith("postgres"))
                .isPresent();
    }
}
