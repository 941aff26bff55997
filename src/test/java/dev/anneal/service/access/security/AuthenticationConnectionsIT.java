package dev.anneal.service.access.security;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.ServiceTest;
import dev.anneal.service.platform.database.AuthenticationDatabase;
import dev.anneal.service.platform.database.TestDatabase;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** #19: requests are authenticated whatever the system's own work does. */
class AuthenticationConnectionsIT extends ServiceTest {

    /** The default of {@code anneal.database.system-connections}. */
    private static final int SYSTEM_CONNECTIONS = 4;

    private static final int AUTHENTICATION_CONNECTIONS = 2;
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @Autowired
    private AuthenticationDatabase authentication;

    private final ExecutorService holders = Executors.newFixedThreadPool(SYSTEM_CONNECTIONS);
    private final CountDownLatch end = new CountDownLatch(1);

    @AfterEach
    void release() {
        end.countDown();
        holders.shutdown();
    }

    @Test
    void requestIsAuthenticatedWhileSystemConnectionsAreInUse() throws InterruptedException {
        CountDownLatch held = new CountDownLatch(SYSTEM_CONNECTIONS);
        for (int connection = 0; connection < SYSTEM_CONNECTIONS; connection++) {
            holders.execute(() -> system.run(() -> {
                jdbc.sql("SELECT 1").query(Integer.class).single();
                held.countDown();
                awaitEnd();
            }));
        }
        held.await();
        awaitNoRecentLookUp();

        long begun = System.nanoTime();
        int status = get(BETA, "/v1/files").statusCode();

        assertThat(status).isEqualTo(200);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(3));
    }

    /**
     * The look-ups of requests of one tenant are one, even if it takes longer than a request waits for a connection.
     */
    @Test
    void manyRequestsAtOnceShareALookUp() throws Exception {
        awaitNoRecentLookUp();
        CompletableFuture<Void> locked = CompletableFuture.runAsync(() -> TestDatabase.administrator()
                .sql("DO $$ BEGIN LOCK TABLE tenant IN ACCESS EXCLUSIVE MODE; PERFORM pg_sleep(7); END $$")
                .update());
        await(() -> TestDatabase.administrator()
                        .sql("SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND granted"
                                + " AND relation = 'tenant'::regclass")
                        .query(Integer.class)
                        .single()
                == 1);

        List<Integer> statuses = statuses(80);

        locked.join();
        assertThat(statuses).hasSize(80).containsOnly(200);
    }

    @Test
    void requestThatGetsNoConnectionIsToldToComeAgainSoon() throws Exception {
        CountDownLatch held = new CountDownLatch(AUTHENTICATION_CONNECTIONS);
        for (int connection = 0; connection < AUTHENTICATION_CONNECTIONS; connection++) {
            holders.execute(() -> authentication.call(() -> {
                jdbc.sql("SELECT 1").query(Integer.class).single();
                held.countDown();
                awaitEnd();
                return true;
            }));
        }
        held.await();
        awaitNoRecentLookUp();

        HttpResponse<String> answer = get(BETA, "/v1/files");

        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(429);
        assertThat(answer.headers().firstValue("retry-after")).contains("2");
        assertThat(json(answer).path("error").path("code").asString()).isEqualTo("queue_full");
    }

    private List<Integer> statuses(int requests) {
        HttpRequest request = request(ALPHA, "/v1/models").build();
        List<CompletableFuture<Integer>> answers = IntStream.range(0, requests)
                .mapToObj(number -> CLIENT.sendAsync(request, HttpResponse.BodyHandlers.discarding())
                        .thenApply(HttpResponse::statusCode))
                .toList();
        return answers.stream().map(CompletableFuture::join).toList();
    }

    /** One of the last second would serve a request as well. */
    private static void awaitNoRecentLookUp() {
        LockSupport.parkNanos(Duration.ofMillis(1100).toNanos());
    }

    private void awaitEnd() {
        try {
            end.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
