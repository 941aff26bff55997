package dev.anneal.service.storage.s3;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.Docker;
import dev.anneal.service.storage.ArtifactStore;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.utility.DockerImageName;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * The server that speaks S3 for all tests of a JVM: the one at {@code anneal.test.s3.endpoint}, or else a container of
 * the image {@code anneal.test.s3}, or a process where Docker gives none or the property is {@code process}; it is
 * started with the first test and ends with the last. Without a server the tests fail.
 */
public final class S3Server {

    static final AwsCredentialsProvider CREDENTIALS =
            StaticCredentialsProvider.create(AwsBasicCredentials.create("test-key-id", "test-secret-key"));

    private static final String ENDPOINT = "anneal.test.s3.endpoint";
    private static final String IMAGE = System.getProperty("anneal.test.s3", "adobe/s3mock:5.0.0");
    private static final int PORT = 9090;
    private static final Path JAR = Path.of("target", "s3-server", "s3mock.jar");
    private static final Path LOG = Path.of("target", "s3-server.log");
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static @Nullable URI started;

    private S3Server() {}

    public static synchronized URI endpoint() {
        if (started == null) {
            String given = System.getProperty(ENDPOINT, "");
            started = given.isEmpty() ? inContainer().orElseGet(S3Server::start) : URI.create(given);
            awaitAnswer(started);
        }
        return started;
    }

    /** Name of a new, empty bucket. */
    public static String newBucket() {
        String name = "bucket-" + UUID.randomUUID();
        try (S3Client client = BucketClient.of(properties(endpoint(), name), CREDENTIALS)) {
            client.createBucket(request -> request.bucket(name));
        }
        return name;
    }

    static S3Properties properties(URI endpoint, String bucket) {
        return new S3Properties(bucket, endpoint, null, null, "", null, false, null);
    }

    /** A store that keeps its copies in a folder of the test. */
    static ArtifactStore store(S3Properties properties, Path machine) {
        return S3Configuration.store(
                properties, new CacheProperties(machine.toString(), DataSize.ofGigabytes(1)), CREDENTIALS);
    }

    private static Optional<URI> inContainer() {
        if (IMAGE.equals("process")) {
            return Optional.empty();
        }
        return Docker.start(() -> new GenericContainer<>(DockerImageName.parse(IMAGE)).withExposedPorts(PORT))
                .map(server -> URI.create("http://" + server.getHost() + ":" + server.getMappedPort(PORT)));
    }

    private static URI start() {
        assertThat(JAR).as("the server that Maven puts there, or -D" + ENDPOINT).isRegularFile();
        try {
            int port = freePort();
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx256m",
                            "-XX:TieredStopAtLevel=1",
                            "-jar",
                            JAR.toString(),
                            "--http.port=" + port,
                            "--server.port=0")
                    .redirectErrorStream(true)
                    .redirectOutput(LOG.toFile())
                    .start();
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
            return URI.create("http://127.0.0.1:" + port);
        } catch (IOException e) {
            throw new AssertionError("the S3 server of the tests could not be started", e);
        }
    }

    private static void awaitAnswer(URI endpoint) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!answers(endpoint)) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("no S3 server answers at " + endpoint + log());
            }
        }
    }

    private static boolean answers(URI endpoint) {
        try {
            HttpClient.newHttpClient()
                    .send(HttpRequest.newBuilder(endpoint).build(), HttpResponse.BodyHandlers.discarding());
            return true;
        } catch (IOException e) {
            java.util.concurrent.locks.LockSupport.parkNanos(
                    Duration.ofMillis(100).toNanos());
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private static String log() {
        try {
            return Files.exists(LOG) ? ":\n" + Files.readString(LOG) : "";
        } catch (IOException e) {
            return "";
        }
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
