package dev.anneal.service.access.security;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.ServiceTest;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** #19: requests are authenticated whatever the system's own work does. */
class AuthenticationConnectionsIT extends ServiceTest {

    /** The default of {@code anneal.database.system-connections}. */
    private static final int SYSTEM_CONNECTIONS = 4;

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
        // A look-up of the last second would serve the request as well.
        LockSupport.parkNanos(Duration.ofMillis(1100).toNanos());

        long begun = System.nanoTime();
        int status = get(BETA, "/v1/files").statusCode();

        assertThat(status).isEqualTo(200);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(3));
    }

    private void awaitEnd() {
        try {
            end.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
