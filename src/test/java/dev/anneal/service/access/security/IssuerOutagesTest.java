package dev.anneal.service.access.security;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.penetration.Penetration;
import dev.anneal.service.platform.outbound.OutboundHttp;
import dev.anneal.service.platform.outbound.OutboundProperties;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tokens while their issuer changes its keys, does not answer, or is away. */
class IssuerOutagesTest {

    /** The first request waits for configuration or keys, the second may as well. */
    private static final Duration TWO_READS = Duration.ofSeconds(8);

    private static final Duration AT_ONCE = Duration.ofMillis(500);
    private static final int REQUESTS = 50;

    private final TestIssuer issuer = new TestIssuer();
    private final OutboundHttp http = new OutboundHttp(new OutboundProperties(List.of()));
    private final Tokens tokens = new Tokens(new OidcProperties(List.of(configured())), http);

    private OidcProperties.Issuer configured() {
        return new OidcProperties.Issuer(
                issuer.uri(), null, List.of(TestIssuer.AUDIENCE), "tenant", List.of(), "scope", "", List.of(), false);
    }

    @AfterEach
    void end() throws IOException {
        issuer.goOn();
        issuer.end();
        tokens.close();
        http.close();
    }

    @Test
    void newKeyIsFound() {
        assertThat(answer(good())).isEqualTo("team-a");

        issuer.rotate();

        assertThat(answer(good())).isEqualTo("team-a");
    }

    @Test
    void keysAreGoodWhileTheIssuerIsAway() {
        assertThat(answer(good())).isEqualTo("team-a");

        issuer.end();

        assertThat(answer(good())).isEqualTo("team-a");
    }

    @Test
    void issuerThatComesBackIsAskedAgain() throws InterruptedException {
        issuer.hang();
        assertThat(answer(good())).isEqualTo("service_unavailable");

        issuer.goOn();

        assertThat(answer(good())).isEqualTo("team-a");
    }

    /** Threads of the container must not wait for one that will not answer. */
    @Penetration
    @Test
    void requestsDoNotQueueForAnIssuerThatHangs() {
        issuer.hang();

        long begin = System.nanoTime();
        assertThat(allAtOnce()).containsOnly("service_unavailable");
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(TWO_READS);

        begin = System.nanoTime();
        answer(good());
        assertThat(allAtOnce()).containsOnly("service_unavailable");
        assertThat(answer(good())).isEqualTo("service_unavailable");
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(TWO_READS);

        begin = System.nanoTime();
        assertThat(allAtOnce()).containsOnly("service_unavailable");
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(AT_ONCE);
    }

    @Penetration
    @Test
    void inventedKeyIdsDoNotReachTheIssuerEachTime() {
        assertThat(answer(good())).isEqualTo("team-a");
        TestIssuer other = new TestIssuer();
        String invented = other.sign(issuer.claims());
        other.end();

        for (int i = 0; i < REQUESTS; i++) {
            assertThat(answer(invented)).isEqualTo("token_invalid");
        }

        assertThat(issuer.reads()).isLessThanOrEqualTo(2);
        assertThat(answer(good())).isEqualTo("team-a");
    }

    private List<String> allAtOnce() {
        String token = good();
        ExecutorService clients = Executors.newFixedThreadPool(REQUESTS);
        try {
            List<CompletableFuture<String>> answers = IntStream.range(0, REQUESTS)
                    .mapToObj(request -> CompletableFuture.supplyAsync(() -> answer(token), clients))
                    .toList();
            List<String> all = new ArrayList<>();
            answers.forEach(answer -> all.add(answer.join()));
            return all;
        } finally {
            clients.shutdown();
        }
    }

    private String good() {
        return issuer.sign(issuer.claims());
    }

    /** The tenant, or the code of the refusal. */
    private String answer(String token) {
        try {
            return tokens.principalOf(token).tenant().id();
        } catch (Refusal refusal) {
            RefusalCode code = refusal.code();
            return code.wireName();
        }
    }
}
