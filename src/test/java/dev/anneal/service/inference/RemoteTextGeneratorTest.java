package dev.anneal.service.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anneal.protocol.ServeRequest.Decoding;
import dev.anneal.protocol.ServeRequest.Input;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.util.unit.DataSize;

/** What a process that does not generate is to those who ask it. */
@Timeout(30)
class RemoteTextGeneratorTest {

    private static final GenerationRequest REQUEST = new GenerationRequest(
            "m", new Input.Text("x"), new Decoding(1, null, 0, 0, 1, 0, 0, List.of(), List.of(), null));

    @Test
    void aGenerationThatTakesTooLongIsToldApart() throws IOException {
        try (ServerSocket silent = listening()) {
            assertRefused(silent.getLocalPort(), RefusalCode.GENERATION_TIMEOUT, "anneal.inference.request-timeout");
        }
    }

    @Test
    void aProcessThatIsAwayIsUnavailable() throws IOException {
        int port;
        try (ServerSocket gone = listening()) {
            port = gone.getLocalPort();
        }
        assertRefused(port, RefusalCode.SERVICE_UNAVAILABLE, "anneal.inference.url");
        assertRefused(port, RefusalCode.SERVICE_UNAVAILABLE, "does not answer (ConnectException");
    }

    @Test
    void anAddressThatNobodyKnowsIsNamedAsTheCause() {
        RemoteTextGenerator generator = asking(URI.create("http://no-such-host.invalid"), tenant -> "key");
        assertRefused(generator, RefusalCode.SERVICE_UNAVAILABLE, "caused by UnresolvedAddressException). Try again.");
    }

    @Test
    void aDatabaseThatGivesNoKeyMakesItUnavailable() {
        RemoteTextGenerator generator = asking(1, tenant -> {
            throw new CannotGetJdbcConnectionException("away");
        });
        assertRefused(generator, RefusalCode.SERVICE_UNAVAILABLE, "CannotGetJdbcConnectionException");
    }

    /** Connections to it are open, and nobody reads them. */
    private static ServerSocket listening() throws IOException {
        return new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
    }

    private static void assertRefused(int port, RefusalCode code, String message) {
        RemoteTextGenerator generator = asking(port, tenant -> "key-of-" + tenant);
        assertRefused(generator, code, message);
    }

    private static RemoteTextGenerator asking(int port, UnaryOperator<String> keys) {
        return asking(URI.create("http://127.0.0.1:" + port), keys);
    }

    private static RemoteTextGenerator asking(URI url, UnaryOperator<String> keys) {
        InferenceProperties properties = new InferenceProperties(
                url,
                Duration.ofSeconds(20),
                Duration.ofSeconds(1),
                Duration.ofMinutes(1),
                "cpu",
                0,
                0,
                1,
                1,
                1,
                64,
                DataSize.ofBytes(0),
                1,
                Duration.ofMinutes(1));
        return new RemoteTextGenerator(new GeneratingPeer(url, properties), keys, (tenant, key) -> {});
    }

    private static void assertRefused(RemoteTextGenerator generator, RefusalCode code, String message) {
        assertThatThrownBy(() -> generator.generate("alpha", REQUEST))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(code))
                .hasMessageContaining(message);
    }
}
