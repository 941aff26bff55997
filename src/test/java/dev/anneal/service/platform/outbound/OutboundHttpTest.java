package dev.anneal.service.platform.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import dev.anneal.penetration.Penetration;
import dev.anneal.service.LocalServer;
import dev.anneal.service.platform.outbound.OutboundException.Reason;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whom the two kinds of clients reach, by real servers: {@code 127.0.0.1} plays a stranger's host and {@code localhost}
 * the operator's.
 */
@Penetration
class OutboundHttpTest {

    private static final OutboundLimits LIMITS = OutboundLimits.within(Duration.ofSeconds(5), 4);

    private final List<LocalServer> servers = new ArrayList<>();
    private final List<Headers> received = new CopyOnWriteArrayList<>();

    /** Answers a request. */
    private interface Answer {
        void to(HttpExchange exchange) throws IOException;
    }

    private URI server(String host, Answer answer) {
        LocalServer server = new LocalServer(exchange -> {
            received.add(exchange.getRequestHeaders());
            exchange.getRequestBody().readAllBytes();
            answer.to(exchange);
            exchange.close();
        });
        servers.add(server);
        return URI.create("http://" + host + ":" + server.port() + "/a/b");
    }

    private static Answer text(String text) {
        return exchange -> LocalServer.answer(exchange, 200, text.getBytes(StandardCharsets.UTF_8));
    }

    private static Answer redirect(String target) {
        return exchange -> {
            exchange.getResponseHeaders().set("Location", target);
            exchange.sendResponseHeaders(302, -1);
        };
    }

    @AfterEach
    void stop() {
        servers.forEach(LocalServer::close);
    }

    private static String toStranger(URI uri, String... allowed) throws IOException {
        try (OutboundHttp http = new OutboundHttp(new OutboundProperties(List.of(allowed)))) {
            OutboundClient client = http.toStrangers(LIMITS);
            return client.send(OutboundRequest.get(uri, Map.of()), OutboundHttpTest::read);
        }
    }

    private static String toConfigured(URI uri, Map<String, String> headers, int redirects, String... allowed)
            throws IOException {
        try (OutboundHttp http = new OutboundHttp(new OutboundProperties(List.of(allowed)))) {
            OutboundClient client = http.toConfigured(uri, LIMITS, redirects);
            return client.send(OutboundRequest.get(uri, headers), OutboundHttpTest::read);
        }
    }

    private static String read(OutboundResponse response) throws IOException {
        return response.status() + " " + new String(response.body(1000), StandardCharsets.UTF_8);
    }

    private static void assertRefused(Reason reason, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        OutboundException.class, e -> assertThat(e.reason()).isEqualTo(reason));
    }

    @Test
    void strangersAreReachedWhereTheirAddressIsAllowed() throws IOException {
        URI inside = server("127.0.0.1", text("here"));
        assertThat(toStranger(inside, "127.0.0.1")).isEqualTo("200 here");
        assertRefused(Reason.ADDRESS_NOT_ALLOWED, () -> toStranger(inside));
        assertThat(received).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://localhost/",
                "http://10.0.0.1/",
                "http://192.168.0.1/",
                "http://169.254.169.254/latest/meta-data",
                "http://[::1]/",
                "http://[fd00::1]/",
                "http://[::ffff:127.0.0.1]/",
                "http://[::127.0.0.1]/",
                "http://0.0.0.0/",
                "http://2130706433/",
                "http://100.64.0.1/",
                "http://224.0.0.1/"
            })
    void noNameLeadsInside(String address) {
        assertRefused(Reason.ADDRESS_NOT_ALLOWED, () -> toStranger(URI.create(address)));
    }

    /** It would resolve names itself, and its own address would be checked instead of the stranger's. */
    @Test
    void aProxyLeadsNobodyInside() throws IOException {
        URI proxy = server("127.0.0.1", text("by the proxy"));
        Map<String, String> settings =
                Map.of("http.proxyHost", "127.0.0.1", "http.proxyPort", Integer.toString(proxy.getPort()));
        settings.forEach(System::setProperty);
        try {
            assertRefused(Reason.ADDRESS_NOT_ALLOWED, () -> toStranger(URI.create("http://10.0.0.1/"), "127.0.0.1"));
            assertThat(received).isEmpty();
            assertThat(toConfigured(URI.create("http://10.0.0.1/"), Map.of(), 0))
                    .isEqualTo("200 by the proxy");
        } finally {
            settings.keySet().forEach(System::clearProperty);
        }
    }

    @Test
    void strangersRedirectNobody() throws IOException {
        URI target = server("127.0.0.1", text("inside"));
        URI stranger = server("127.0.0.1", redirect(target.toString()));
        assertThat(toStranger(stranger, "127.0.0.1")).isEqualTo("302 ");
        assertThat(received).hasSize(1);
    }

    @Test
    void theConfiguredHostIsReachedWhereverItIs() throws IOException {
        URI configured = server("localhost", text("operator"));
        assertThat(toConfigured(configured, Map.of("Authorization", "Bearer t"), 0))
                .isEqualTo("200 operator");
        assertThat(received.get(0).getFirst("Authorization")).isEqualTo("Bearer t");
        try (OutboundHttp http = new OutboundHttp(new OutboundProperties(List.of()))) {
            OutboundClient client = http.toConfigured(URI.create("http://localhost:1"), LIMITS, 0);
            assertThatThrownBy(() -> client.send(OutboundRequest.get(configured, Map.of()), OutboundHttpTest::read))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("is not at http://localhost:1");
        }
    }

    @Test
    void aRedirectElsewhereGoesThroughTheFilterWithoutCredentials() throws IOException {
        URI stranger = server("127.0.0.1", text("bytes"));
        URI configured = server("localhost", redirect(stranger.toString()));
        Map<String, String> headers = Map.of("Authorization", "Bearer t", "Range", "bytes=1-");
        assertRefused(Reason.ADDRESS_NOT_ALLOWED, () -> toConfigured(configured, headers, 3));
        assertThat(toConfigured(configured, headers, 3, "127.0.0.1")).isEqualTo("200 bytes");
        Headers atStranger = received.get(received.size() - 1);
        assertThat(atStranger.getFirst("Authorization")).isNull();
        assertThat(atStranger.getFirst("Range")).isEqualTo("bytes=1-");
        assertThat(toConfigured(configured, headers, 0)).startsWith("302");
    }

    @Test
    void aRedirectWithinTheConfiguredHostKeepsCredentials() throws IOException {
        URI configured = server("localhost", exchange -> {
            if (exchange.getRequestURI().getPath().equals("/a/b")) {
                redirect("../c").to(exchange);
            } else {
                text(exchange.getRequestURI().getPath()).to(exchange);
            }
        });
        assertThat(toConfigured(configured, Map.of("Authorization", "Bearer t"), 1))
                .isEqualTo("200 /c");
        assertThat(received.get(1).getFirst("Authorization")).isEqualTo("Bearer t");
    }

    @Test
    void redirectsEnd() throws IOException {
        URI configured = server("localhost", redirect("/again"));
        assertRefused(Reason.REDIRECTED, () -> toConfigured(configured, Map.of(), 3));
        assertThat(received).hasSize(4);
        URI lost = server("localhost", redirect("file:///etc/passwd"));
        assertRefused(Reason.REDIRECTED, () -> toConfigured(lost, Map.of(), 3));
    }

    @Test
    void theDeadlineEndsWhatTrickles() throws IOException {
        URI slow = server("127.0.0.1", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            try (OutputStream out = exchange.getResponseBody()) {
                for (int i = 0; i < 100; i++) {
                    out.write('.');
                    out.flush();
                    java.util.concurrent.locks.LockSupport.parkNanos(50_000_000);
                }
            } catch (IOException clientHasGone) {
                exchange.close();
            }
        });
        try (OutboundHttp http = new OutboundHttp(new OutboundProperties(List.of("127.0.0.1")))) {
            OutboundClient client = http.toStrangers(OutboundLimits.within(Duration.ofMillis(300), 1));
            assertRefused(
                    Reason.TIMED_OUT, () -> client.send(OutboundRequest.get(slow, Map.of()), OutboundHttpTest::read));
        }
    }

    @Test
    void bodiesAreReadToTheirBound() throws IOException {
        URI large = server("127.0.0.1", text("x".repeat(5000)));
        assertThat(toStranger(large, "127.0.0.1")).hasSize("200 ".length() + 1001);
    }
}
