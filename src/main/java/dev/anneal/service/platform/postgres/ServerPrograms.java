package dev.anneal.service.platform.postgres;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;

/** Runs PostgreSQL's own programs on one data directory. */
public final class ServerPrograms {

    private static final int PATIENCE_SECONDS = 60;

    /**
     * A small server for one host, because it shares the service's memory budget. Durability settings are PostgreSQL's
     * defaults.
     */
    private static final List<String> SETTINGS =
            List.of("listen_addresses=127.0.0.1", "unix_socket_directories=", "shared_buffers=64MB", "timezone=UTC");

    private final PostgresBinaries binaries;
    private final Path dataDirectory;

    public ServerPrograms(PostgresBinaries binaries, Path dataDirectory) {
        this.binaries = binaries;
        this.dataDirectory = dataDirectory;
    }

    /**
     * Creates an empty cluster in {@code directory}, in which every connection needs a password. It may be moved before
     * it is started.
     */
    void initialize(Path directory, Path passwordFile) throws IOException {
        run(List.of(
                binaries.program("initdb").toString(),
                "--pgdata=" + directory,
                "--username=postgres",
                "--pwfile=" + passwordFile,
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                // Text is compared by bytes on every host, so ids sort by creation.
                "--locale=C"));
    }

    /** Starts the server on the port of its last start if that is free, otherwise on another, which it returns. */
    int start(Path logFile) throws IOException {
        OptionalInt last = PostmasterFile.lastPort(dataDirectory);
        int port = last.isPresent() && isFree(last.getAsInt()) ? last.getAsInt() : freePort();
        startOn(port, logFile);
        return port;
    }

    /** Starts the server and waits until it answers. It leaves this process group, so that Ctrl-C does not reach it. */
    void startOn(int port, Path logFile) throws IOException {
        StringBuilder options = new StringBuilder("-p ").append(port);
        SETTINGS.forEach(setting -> options.append(" -c ").append(setting));
        run(control("start", "--log=" + logFile, "--options=" + options));
    }

    /** Stops the server, rolling back open transactions. */
    public void stop() throws IOException {
        run(control("stop", "--mode=fast"));
    }

    private List<String> control(String action, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                binaries.program("pg_ctl").toString(),
                action,
                "--pgdata=" + dataDirectory,
                "--wait",
                "--timeout=" + PATIENCE_SECONDS));
        command.addAll(List.of(arguments));
        return command;
    }

    private static void run(List<String> command) throws IOException {
        Path output = Files.createTempFile("anneal-postgres-", ".out");
        try {
            ProcessBuilder builder = new ProcessBuilder(asOrdinaryUser(command))
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile());
            // Without a locale, macOS begins threads to find one, and the server refuses to start with threads.
            builder.environment().put("LC_ALL", "C");
            Process process = builder.start();
            process.getOutputStream().close();
            if (!process.waitFor(2L * PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException("%s did not end in time".formatted(command.get(0)));
            }
            if (process.exitValue() != 0) {
                throw new IOException("%s ended with %d: %s"
                        .formatted(
                                String.join(" ", command),
                                process.exitValue(),
                                Files.readString(output, StandardCharsets.UTF_8).strip()));
            }
        } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for " + command.get(0), interruption);
        } finally {
            Files.delete(output);
        }
    }

    /**
     * The server refuses to run as root; in a user namespace of Linux it sees itself as another user and can use the
     * same files. Elsewhere the programs say themselves that root must not start them.
     */
    private static List<String> asOrdinaryUser(List<String> command) {
        if (!isRoot() || !"Linux".equals(System.getProperty("os.name"))) {
            return command;
        }
        List<String> unshared = new ArrayList<>(List.of("unshare", "--user"));
        unshared.addAll(command);
        return unshared;
    }

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException taken) {
            return false;
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
