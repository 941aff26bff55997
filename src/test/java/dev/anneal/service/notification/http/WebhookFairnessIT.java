package dev.anneal.service.notification.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.penetration.Penetration;
import dev.anneal.service.ServiceTest;
import dev.anneal.service.notification.webhook.Receiver;
import dev.anneal.service.platform.database.TestDatabase;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.TestPropertySource;

/** Endpoints of one tenant that do not answer, and what becomes of another tenant's. */
@TestPropertySource(
        properties = {
            "anneal.outbound.allowed-addresses=127.0.0.1",
            "anneal.webhooks.concurrency=2",
            "anneal.background.poll-interval=50ms"
        })
@Penetration
class WebhookFairnessIT extends ServiceTest {

    private static final String ENDPOINTS = "/v1/webhook_endpoints";
    private static final String TEST = "{'event_type': 'fine_tuning.job.succeeded'}";

    private final CountDownLatch answering = new CountDownLatch(1);
    private final Receiver silent = new Receiver((exchange, number) -> {
        try {
            answering.await();
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
        }
        exchange.sendResponseHeaders(204, -1);
    });
    private final Receiver quick = Receiver.answering(204);

    @AfterEach
    void end() {
        answering.countDown();
        silent.close();
        quick.close();
    }

    @Test
    void deliveriesOfATenantWithSilentEndpointsKeepNoOtherTenantWaiting() {
        String ofAlpha = endpoint(ALPHA, silent);
        String ofBeta = endpoint(BETA, quick);
        deliver(ALPHA, ofAlpha, 50);
        await(() -> silent.received().size() == 1);

        deliver(BETA, ofBeta, 3);

        await(() -> quick.received().size() == 3);
        assertThat(silent.received()).hasSize(1);
        assertThat(tries()).isZero();
        answering.countDown();
        await(() -> silent.received().size() >= 10);
    }

    @Test
    void testsOfATenantTakeFewThreads() {
        String ofAlpha = endpoint(ALPHA, silent);
        String ofBeta = endpoint(BETA, quick);
        List<CompletableFuture<HttpResponse<String>>> waiting = new ArrayList<>();
        for (int test = 0; test < 2; test++) {
            waiting.add(CompletableFuture.supplyAsync(() -> test(ALPHA, ofAlpha)));
        }
        await(() -> silent.received().size() == 2);

        HttpResponse<String> refused = test(ALPHA, ofAlpha);

        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(json(refused).at("/error/code").stringValue()).isEqualTo("queue_full");
        assertThat(test(BETA, ofBeta).statusCode()).isEqualTo(200);
        answering.countDown();
        assertThat(waiting)
                .allSatisfy(test -> assertThat(test.join().statusCode()).isEqualTo(200));
        assertThat(test(ALPHA, ofAlpha).statusCode()).isEqualTo(200);
    }

    private HttpResponse<String> test(String tenant, String endpoint) {
        return post(tenant, ENDPOINTS + "/" + endpoint + "/test", TEST);
    }

    private String endpoint(String tenant, Receiver receiver) {
        return json(post(
                        tenant,
                        ENDPOINTS,
                        "{'name': 'ci', 'url': '" + receiver.url()
                                + "', 'event_types': ['fine_tuning.job.succeeded']}"))
                .get("id")
                .stringValue();
    }

    private static void deliver(String tenant, String endpoint, int count) {
        TestDatabase.administrator()
                .sql("""
                        INSERT INTO webhook_delivery (tenant_id, external_id, endpoint_id, event_id, event_type, subject)
                        SELECT ?, 'wh_' || ? || number, endpoint.id, 'evt_' || number, 'fine_tuning.job.succeeded', 'ftjob-1'
                        FROM webhook_endpoint AS endpoint, generate_series(1, ?) AS number
                        WHERE external_id = ?
                        """)
                .params(tenant, tenant, count, endpoint)
                .update();
    }

    private static int tries() {
        return TestDatabase.administrator()
                .sql("SELECT coalesce(max(tries), 0) FROM webhook_delivery WHERE tenant_id = ?")
                .param(ALPHA)
                .query(Integer.class)
                .single();
    }
}
