package dev.anneal.penetration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.notification.webhook.Receiver;
import dev.anneal.service.platform.outbound.OutboundException;
import dev.anneal.service.platform.outbound.OutboundHttp;
import dev.anneal.service.platform.outbound.OutboundLimits;
import dev.anneal.service.platform.outbound.OutboundProperties;
import dev.anneal.service.platform.outbound.OutboundRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names that resolve to addresses of the inside, in a process whose resolver is ours, and a name that is rebound. */
@Penetration
class NamesThatLeadInsideTest {

    private static final List<String> NAMES =
            List.of("loopback.example", "metadata.example", "private.example", "six.example", "rebound.example");

    @Test
    void noNameDoes(@TempDir Path directory) throws Exception {
        Path hosts = Files.writeString(directory.resolve("hosts"), """
                127.0.0.1 loopback.example
                169.254.169.254 metadata.example
                10.1.2.3 private.example
                ::1 six.example
                8.8.8.8 rebound.example
                """);
        try (Receiver inside = Receiver.answering(200)) {
            Process child = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Djdk.net.hosts.file=" + hosts,
                            "-Dsun.net.inetaddr.ttl=0",
                            "-cp",
                            System.getProperty("java.class.path"),
                            Child.class.getName(),
                            hosts.toString(),
                            inside.url().replaceAll(".*:(\\d+)/.*", "$1"))
                    .redirectErrorStream(true)
                    .start();
            String said = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            assertThat(child.waitFor()).as(said).isZero();
            assertThat(said).contains("rebound.example was 8.8.8.8", "allowed: 200");
            for (String name : NAMES) {
                assertThat(said).contains(name + ": ADDRESS_NOT_ALLOWED");
            }
            // The one of the control, whose address is allowed.
            assertThat(inside.received()).hasSize(1);
        }
    }

    /** Asks each name for a page, with this class's hosts file as resolver. */
    static final class Child {

        private Child() {}

        public static void main(String[] args) throws IOException {
            String port = args[1];
            System.out.println(
                    "rebound.example was " + InetAddress.getAllByName("rebound.example")[0].getHostAddress());
            Files.writeString(
                    Path.of(args[0]), Files.readString(Path.of(args[0])).replace("8.8.8.8", "127.0.0.1"));
            try (OutboundHttp http = new OutboundHttp(new OutboundProperties(List.of()))) {
                for (String name : NAMES) {
                    System.out.println(name + ": " + ask(http, name, port));
                }
            }
            try (OutboundHttp http = new OutboundHttp(new OutboundProperties(List.of("127.0.0.1")))) {
                System.out.println("allowed: " + ask(http, "loopback.example", port));
            }
        }

        private static String ask(OutboundHttp http, String name, String port) {
            try {
                return http.toStrangers(OutboundLimits.within(Duration.ofSeconds(10), 1))
                        .send(
                                OutboundRequest.get(URI.create("http://" + name + ":" + port + "/"), Map.of()),
                                response -> Integer.toString(response.status()));
            } catch (OutboundException refused) {
                return refused.reason().name();
            }
        }
    }
}
