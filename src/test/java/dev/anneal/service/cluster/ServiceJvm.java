package dev.anneal.service.cluster;

import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The service in a JVM of its own, which can be killed, stopped and continued. */
public final class ServiceJvm implements AutoCloseable {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Process process;
    private final int managementPort;
    private final Path log;

    private ServiceJvm(Process process, int managementPort, Path log) {
        this.process = process;
        this.managementPort = managementPort;
        this.log = log;
    }

    /**
     * @param role what {@code anneal.roles} says
     * @param name of a worker, also of its log, {@code target/<role>-<name>.log}
     */
    public static ServiceJvm start(String role, String name, Map<String, String> properties) throws IOException {
        return start(role, name, properties, Map.of());
    }

    /** As {@link #start(String, String, Map)}, with more environment variables. */
    public static ServiceJvm start(
            String role, String name, Map<String, String> properties, Map<String, String> environment)
            throws IOException {
        return start(List.of("-cp", classPath(), "dev.anneal.AnnealApplication"), role, name, properties, environment);
    }

    /** As {@link #start}, but of another version. */
    static ServiceJvm startJar(Path jar, String role, String name, Map<String, String> properties) throws IOException {
        return start(List.of("-jar", jar.toString()), role, name, properties, Map.of());
    }

    private static ServiceJvm start(
            List<String> program,
            String role,
            String name,
            Map<String, String> properties,
            Map<String, String> environment)
            throws IOException {
        int port = freePort();
        Path log = Path.of("target", role + "-" + name + ".log");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1"));
        command.addAll(program);
        command.addAll(
                List.of("--anneal.roles=" + role, "--anneal.worker.name=" + name, "--management.server.port=" + port));
        properties.forEach((key, value) -> command.add("--" + key + "=" + value));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        return new ServiceJvm(builder.start(), port, log);
    }

    /** Sends a signal, for example {@code KILL}. */
    public void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .start()
                .waitFor();
    }

    /** Waits for the end and returns the exit code. */
    public int awaitExit() throws InterruptedException {
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            throw new AssertionError("the process has not ended within a minute");
        }
        return process.exitValue();
    }

    /** What it has said so far. */
    public String log() throws IOException {
        return Files.readString(log);
    }

    public ProcessHandle handle() {
        return process.toHandle();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Value of a counter without tags, 0 while the worker does not answer. */
    double counter(String name) {
        return metrics()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElse(0);
    }

    /** The processes that it has started. */
    public Stream<ProcessHandle> engines() {
        return process.descendants();
    }

    /** Whether it has started. */
    public boolean answers() {
        return !metrics().isEmpty();
    }

    private String metrics() {
        URI uri = URI.create("http://127.0.0.1:" + managementPort + "/actuator/prometheus");
        try {
            return HTTP.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (IOException e) {
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    /** Without the tests' own classes, whose components the service would find. */
    private static String classPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(entry -> !Path.of(entry).endsWith("test-classes"))
                .collect(Collectors.joining(File.pathSeparator));
    }

    public static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
