package dev.anneal.service.notification.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.ServiceTest;
import dev.anneal.service.cluster.ServiceJvm;
import dev.anneal.service.cluster.SharedProperties;
import dev.anneal.service.platform.database.TestDatabase;
import dev.anneal.service.platform.schedule.BackgroundProperties;
import dev.anneal.service.platform.schedule.SharedChores;
import dev.anneal.service.platform.schedule.TriggeredChore;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.core.env.Environment;
import org.springframework.test.context.TestPropertySource;

/** A process is killed while an endpoint has its request and has not answered; another process makes the delivery. */
@TestPropertySource(
        properties = {
            "anneal.outbound.allowed-addresses=127.0.0.1",
            // This process leaves the first try to the other one.
            "anneal.background.poll-interval=1h"
        })
class KilledDeliveryIT extends ServiceTest {

    @Autowired
    private Environment environment;

    @Autowired
    private TriggeredChore webhookDelivery;

    @Autowired
    @Qualifier("systemPool")
    private DataSource pool;

    @Autowired
    private Clock clock;

    private ServiceJvm otherProcess() throws IOException {
        Map<String, String> properties = SharedProperties.of(
                environment, "anneal.home", "anneal.secrets.keys", "anneal.outbound.allowed-addresses");
        properties.put("server.port", "0");
        properties.put("anneal.background.poll-interval", "50ms");
        return ServiceJvm.start("api", "killed-delivery", properties);
    }

    private static String state() {
        return TestDatabase.administrator()
                .sql("SELECT state FROM webhook_delivery")
                .query(String.class)
                .single();
    }

    @Test
    void anotherProcessDeliversUnderTheSameId() throws Exception {
        CountDownLatch killed = new CountDownLatch(1);
        try (Receiver receiver = new Receiver((exchange, number) -> {
            if (number == 1) {
                awaitQuietly(killed);
            }
            exchange.sendResponseHeaders(200, -1);
        })) {
            post(
                    ALPHA,
                    "/v1/webhook_endpoints",
                    "{'name': 'n', 'url': '" + receiver.url() + "', 'event_types': ['fine_tuning.job.cancelled']}");
            String job = queuedJob(ALPHA, file(ALPHA, 10), "");
            post(ALPHA, "/v1/fine_tuning/jobs/" + job + "/cancel", "");
            try (ServiceJvm other = otherProcess()) {
                await(() -> !receiver.received().isEmpty());
                other.signal("KILL");
                assertThat(other.awaitExit()).isNotZero();
            } finally {
                killed.countDown();
            }
            assertThat(state()).isEqualTo("PENDING");

            SharedChores chores = new SharedChores(
                    pool,
                    clock,
                    new BackgroundProperties(Duration.ofMillis(50), Duration.ofSeconds(1)),
                    List.of(),
                    List.of(webhookDelivery));
            chores.start();
            try {
                await(() -> state().equals("DELIVERED"));
            } finally {
                chores.stop();
            }
            assertThat(receiver.received()).hasSize(2);
            assertThat(receiver.received().get(1).header("webhook-id"))
                    .isEqualTo(receiver.received().get(0).header("webhook-id"));
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
