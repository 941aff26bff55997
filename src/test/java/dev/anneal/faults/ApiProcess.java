package dev.anneal.faults;

import dev.anneal.service.cluster.ServiceJvm;
import java.io.File;
import java.io.IOException;
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
import java.util.stream.Collectors;

/**
 * A process that serves the API with a given heap and the JIT compilers of a deployment, and whose memory is watched.
 */
final class ApiProcess implements AutoCloseable {

    private static final long KIBIBYTE = 1024;

    private final HttpClient http = HttpClient.newHttpClient();
    private final int port = ServiceJvm.freePort();
    private final int managementPort = ServiceJvm.freePort();
    private final Process process;

    /** @param heap as {@code -Xmx} takes it */
    ApiProcess(String heap, Map<String, String> properties) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heap,
                "-XX:+ExitOnOutOfMemoryError",
                "-cp",
                classPath(),
                "dev.anneal.AnnealApplication",
                "--anneal.roles=api",
                "--server.port=" + port,
                "--management.server.port=" + managementPort));
        properties.forEach((key, value) -> command.add("--" + key + "=" + value));
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(Path.of("target", "api-load.log").toFile())
                .start();
    }

    int port() {
        return port;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    boolean answers() throws IOException, InterruptedException {
        return !metrics().isEmpty();
    }

    /** How many requests it has answered with this status. */
    long answered(int status) throws IOException, InterruptedException {
        return Math.round(metrics()
                .lines()
                .filter(line -> line.startsWith("http_server_requests_seconds_count{")
                        && line.contains("status=\"" + status + "\""))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum());
    }

    private String metrics() throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + managementPort + "/actuator/prometheus");
        return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }

    /** Bytes of its memory in RAM. */
    long residentBytes() throws IOException {
        return Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * KIBIBYTE)
                .sum();
    }

    /** Without the tests' own classes, whose components the service would find. */
    private static String classPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(entry -> !Path.of(entry).endsWith("test-classes"))
                .collect(Collectors.joining(File.pathSeparator));
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
