package dev.anneal.service.platform.startup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

import dev.anneal.AnnealApplication;
import dev.anneal.SystemTest;
import dev.anneal.service.cluster.SharedProperties;
import dev.anneal.service.platform.database.MigrationApplication;
import dev.anneal.service.platform.database.TestDatabase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.support.GenericApplicationContext;

/** What an operator reads when a setting keeps the service from starting. #17 */
@ExtendWith(OutputCaptureExtension.class)
@SystemTest
class StartUpFaultsIT {

    private static final String BOX = "APPLICATION FAILED TO START";
    private static final int MOST_LINES = 15;
    private static final String KEY = "0123456789abcdefghij";

    @TempDir
    private Path folder;

    /**
     * @param settings arguments; {@code {folder}} is an empty folder, {@code {file}} a file
     * @param says what the box must hold
     */
    record Fault(String settings, List<String> says) {

        Fault(String settings, String... says) {
            this(settings, List.of(says));
        }

        @Override
        public String toString() {
            return settings;
        }
    }

    static Stream<Fault> faults() {
        return Stream.concat(valueFaults(), otherFaults());
    }

    private static Stream<Fault> valueFaults() {
        return Stream.of(
                new Fault("--anneal.queue.leaze=60s", "anneal.queue.leaze", "anneal.queue.lease", "command line"),
                new Fault("--anneal.roles=apy", "anneal.roles", "apy", "api, worker, inference"),
                new Fault("--anneal.roles=api,migrate", "anneal.roles", "migrate alone"),
                new Fault("--anneal.api-keys=alpha:short", "anneal.api-keys", "16"),
                new Fault("--anneal.api-keys=alpha" + KEY, "anneal.api-keys", "tenant:key"),
                new Fault("--anneal.api-keys=a:" + KEY + ",b:" + KEY, "anneal.api-keys", "one tenant"),
                new Fault("--anneal.admin-keys=short", "anneal.admin-keys", "16"),
                new Fault("--anneal.api-keys=a:" + KEY + " --anneal.admin-keys=" + KEY, "anneal.admin-keys"),
                new Fault("--anneal.secrets.keys=k1:c2hvcnQ=", "anneal.secrets.keys", "32 bytes"),
                new Fault("--anneal.secrets.keys=nonsense", "anneal.secrets.keys"),
                new Fault("--anneal.oidc.issuers[0].uri=https://issuer.example", "anneal.oidc.issuers", "audiences"),
                new Fault("--anneal.oidc.issuers[0].audiences=anneal", "anneal.oidc.issuers", "uri"),
                new Fault("--anneal.queue.lease=soon", "anneal.queue.lease", "soon", "30s", "command line"),
                new Fault("--anneal.queue.lease=5s", "anneal.queue.heartbeat-interval", "anneal.queue.lease", "5s"),
                new Fault(
                        "--anneal.queue.lease=9s --anneal.queue.heartbeat-interval=1s --anneal.queue.safety-margin=1s",
                        "anneal.database.heartbeat-timeout",
                        "PT9S"),
                new Fault("--anneal.queue.heartbeat-interval=0s", "anneal.queue.heartbeat-interval"),
                new Fault("--anneal.queue.lease=-60s", "anneal.queue.lease"),
                new Fault("--anneal.queue.retry-delay=-1s", "anneal.queue.retry-delay", "-1s", "negative"),
                new Fault("--anneal.files.max-size=lots", "anneal.files.max-size", "lots", "512MB"),
                new Fault("--anneal.engine.heap=1MB", "anneal.engine.heap", "64MB"),
                new Fault("--anneal.engine.precision=fp8", "anneal.engine.precision", "fp8", "bf16"),
                new Fault("--anneal.engine.niceness=40", "anneal.engine.niceness", "40", "19"));
    }

    private static Stream<Fault> otherFaults() {
        return Stream.of(
                new Fault("--anneal.worker.devices=gpu", "anneal.worker.devices", "gpu", "cuda:N"),
                new Fault("--anneal.worker.max-work=many", "anneal.worker.max-work", "many"),
                new Fault("--anneal.storage.type=ftp", "anneal.storage.type", "ftp", "directory", "s3"),
                new Fault("--anneal.storage.type=s3", "anneal.storage.s3.bucket"),
                new Fault("--anneal.storage.directory={file}", "anneal.storage.directory"),
                new Fault("--anneal.models.bundle-dir={file}/model", "anneal.models.bundle-dir"),
                new Fault("--anneal.home={file}", "{file}"),
                new Fault("--anneal.inference.url=nonsense", "anneal.inference.url"),
                new Fault("--anneal.mlflow.url=nonsense", "anneal.mlflow.url"),
                new Fault("--anneal.hub.endpoint=nonsense", "anneal.hub.endpoint"),
                new Fault("--anneal.graders.endpoint-secret=whsec_short", "anneal.graders.endpoint-secret"),
                new Fault("--anneal.outbound.allowed-addresses=10.1.0.0/99", "anneal.outbound.allowed-addresses"),
                new Fault("--anneal.retention.exports=5h", "anneal.retention.exports", "1d"),
                new Fault("--anneal.retention.orphans=soon", "anneal.retention.orphans", "never"),
                new Fault("--server.address=0.0.0.0", "anneal.api-keys"),
                new Fault("--server.address=no.such.host.invalid", "server.address", "no.such.host.invalid"),
                new Fault("--server.port={port}", "{port}", "already in use"),
                new Fault("--management.server.port={port}", "{port}", "already in use"),
                new Fault(
                        "--spring.datasource.url=jdbc:postgresql://127.0.0.1:{free}/anneal --spring.flyway.enabled=false",
                        "spring.datasource.url",
                        "refused"),
                new Fault("--spring.datasource.url=jdbc:postgresql://127.0.0.1:{free}/anneal", "refused"),
                new Fault(
                        "--spring.datasource.url=postgresql://user:" + KEY + "@host/db",
                        "spring.datasource.url",
                        "jdbc:postgresql://"),
                new Fault("--spring.flyway.password=wrong", "password authentication failed", "spring.flyway.password"),
                new Fault(
                        "--spring.datasource.password=wrong --spring.flyway.enabled=false",
                        "password authentication failed"),
                new Fault("--anneal.roles=migrate --spring.datasource.url=", "spring.datasource.url"),
                new Fault(
                        "--anneal.event-streams.max-streams=300",
                        "anneal.event-streams.max-streams is 300",
                        "server.tomcat.threads.max"));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void saysInABoxWhatIsWrong(Fault fault, CapturedOutput output) throws IOException {
        Path file = Files.createFile(folder.resolve("a-file"));
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Places places = new Places(file, taken.getLocalPort(), freePort());
            Map<String, String> settings = sound();
            for (String argument : places.in(fault.settings()).split(" ")) {
                settings.put(argument.replaceAll("=.*", ""), argument.replaceFirst("[^=]*=", ""));
            }
            assertThatException().isThrownBy(() -> start(settings));
            assertThat(box(output))
                    .contains(fault.says().stream().map(places::in).toList());
        }
    }

    /** Of a service that starts. */
    private Map<String, String> sound() {
        Map<String, String> settings = new HashMap<>(Map.of(
                "--anneal.home",
                folder.resolve("home").toString(),
                "--server.port",
                "0",
                "--management.server.port",
                "0"));
        try (GenericApplicationContext context = new GenericApplicationContext()) {
            new TestDatabase().initialize(context);
            SharedProperties.database(context.getEnvironment())
                    .forEach((name, value) -> settings.put("--" + name, value));
        }
        return settings;
    }

    /** What stands for the placeholders of a fault. */
    private record Places(Path file, int port, int free) {

        String in(String text) {
            return text.replace("{file}", file.toString())
                    .replace("{port}", Integer.toString(port))
                    .replace("{free}", Integer.toString(free));
        }
    }

    private static String box(CapturedOutput output) {
        assertThat(output.getAll()).contains(BOX).doesNotContain(KEY);
        String box = output.getAll().substring(output.getAll().indexOf(BOX));
        assertThat(box.lines().map(line -> line.stripLeading())).noneMatch(line -> line.startsWith("at "));
        assertThat(box.strip().lines()).hasSizeLessThanOrEqualTo(MOST_LINES);
        return box;
    }

    private static void start(Map<String, String> settings) {
        SpringApplication application = new SpringApplication(AnnealApplication.class, MigrationApplication.class);
        application.setMainApplicationClass(AnnealApplication.class);
        application.setRegisterShutdownHook(false);
        application
                .run(settings.entrySet().stream()
                        .map(setting -> setting.getKey() + "=" + setting.getValue())
                        .toArray(String[]::new))
                .close();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
