package dev.anneal.service.notification.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.core.http.Headers;
import com.openai.errors.InvalidWebhookSignatureException;
import com.openai.models.webhooks.UnwrapWebhookEvent;
import com.openai.models.webhooks.WebhookCreateParams;
import com.openai.models.webhooks.WebhookEndpoint;
import com.openai.models.webhooks.WebhookEndpointWithSecret;
import com.openai.models.webhooks.WebhookRotateSecretParams;
import com.openai.models.webhooks.WebhookTestParams;
import com.openai.models.webhooks.WebhookUpdateParams;
import com.openai.models.webhooks.WebhookVerificationParams;
import com.openai.services.blocking.WebhookService;
import dev.anneal.penetration.Penetration;
import dev.anneal.service.ServiceTest;
import dev.anneal.service.notification.webhook.Receiver;
import dev.anneal.service.notification.webhook.Receiver.Received;
import dev.anneal.service.platform.database.HeldRows;
import dev.anneal.service.platform.database.TestDatabase;
import dev.anneal.service.queue.WorkError;
import java.net.http.HttpResponse;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.TestPropertySource;
import tools.jackson.databind.JsonNode;

/** Webhooks through OpenAI's strict client, with real receivers. */
@TestPropertySource(
        properties = {
            "anneal.outbound.allowed-addresses=127.0.0.1",
            "anneal.queue.user-retries=0",
            "anneal.background.poll-interval=50ms",
            "anneal.webhooks.retry-delays=100ms,100ms",
            "anneal.webhooks.max-endpoints=3"
        })
class WebhooksIT extends ServiceTest {

    private static final String ENDPOINTS = "/v1/webhook_endpoints";
    private static final String CREATION =
            "{'name': 'ci', 'url': 'http://127.0.0.1:9/', 'event_types': ['fine_tuning.job.failed']}";

    private WebhookEndpointWithSecret endpoint(Receiver receiver) {
        return openai(ALPHA)
                .webhooks()
                .create(WebhookCreateParams.builder()
                        .name("ci")
                        .url(receiver.url())
                        .addEventType(WebhookCreateParams.EventType.FINE_TUNING_JOB_SUCCEEDED)
                        .addEventType(WebhookCreateParams.EventType.FINE_TUNING_JOB_FAILED)
                        .addEventType(WebhookCreateParams.EventType.FINE_TUNING_JOB_CANCELLED)
                        .build());
    }

    private String cancelledJob() {
        String job = queuedJob(ALPHA, file(ALPHA, 10), "");
        assertThat(post(ALPHA, "/v1/fine_tuning/jobs/" + job + "/cancel", "").statusCode())
                .isEqualTo(200);
        return job;
    }

    private UnwrapWebhookEvent unwrap(Received request, String secret) {
        Headers.Builder headers = Headers.builder();
        request.headers().forEach((name, values) -> headers.put(name, values));
        return openai(ALPHA)
                .webhooks()
                .unwrap(WebhookVerificationParams.builder()
                        .payload(request.body())
                        .headers(headers.build())
                        .secret(secret)
                        .build());
    }

    private JsonNode deliveries(String endpoint, String query) {
        return json(get(ALPHA, ENDPOINTS + "/" + endpoint + "/deliveries" + query))
                .get("data");
    }

    private JsonNode awaitDelivery(String endpoint, String status) {
        return awaitValue(() -> deliveries(endpoint, "?status=" + status), found -> !found.isEmpty())
                .get(0);
    }

    private JsonNode shown(String endpoint) {
        return json(get(ALPHA, ENDPOINTS + "/" + endpoint)).get("anneal");
    }

    @Test
    void officialClientManagesEndpoints() {
        WebhookService webhooks = openai(ALPHA).webhooks();
        try (Receiver receiver = Receiver.answering(204)) {
            WebhookEndpointWithSecret created = endpoint(receiver);
            assertThat(created.signingSecret()).startsWith("whsec_");
            assertThat(created.signingSecretHint().orElseThrow()).startsWith("whsec_...");
            String id = created.id();
            WebhookEndpoint updated = webhooks.update(
                    id, WebhookUpdateParams.builder().name("other").build());
            assertThat(updated.name()).isEqualTo("other");
            assertThat(updated.eventTypes()).hasSize(3);
            assertThat(webhooks.retrieve(id)).isEqualTo(updated);
            assertThat(webhooks.list().autoPager().stream().toList()).containsExactly(updated);
            assertThat(webhooks.eventTypes().list().data()).contains("fine_tuning.job.failed");
            assertThat(webhooks.test(
                                    id,
                                    WebhookTestParams.builder()
                                            .eventType(WebhookTestParams.EventType.FINE_TUNING_JOB_FAILED)
                                            .build())
                            .statusCode())
                    .isEqualTo(204);
            assertThat(unwrap(receiver.received().get(0), created.signingSecret())
                            .asFineTuningJobFailed()
                            .data()
                            .id())
                    .startsWith("ftjob-test-");
            assertThat(webhooks.delete(id).deleted()).isTrue();
            assertThat(get(ALPHA, ENDPOINTS + "/" + id).statusCode()).isEqualTo(404);
        }
    }

    @Test
    void everyEndOfAJobIsTold() {
        try (Receiver receiver = Receiver.answering(200)) {
            String secret = endpoint(receiver).signingSecret();
            String succeeded = queuedJob(ALPHA, file(ALPHA, 20), "");
            playedWorker().finish(0);
            String failed = queuedJob(ALPHA, file(ALPHA, 20), "");
            playedWorker().fail(WorkError.ofUser("non_finite_loss", "the loss is not finite", null));
            String cancelled = cancelledJob();
            await(() -> receiver.received().size() == 3);
            List<UnwrapWebhookEvent> events = receiver.received().stream()
                    .map(request -> unwrap(request, secret).validate())
                    .toList();
            assertThat(events.stream().flatMap(event -> event.fineTuningJobSucceeded().stream()))
                    .singleElement()
                    .satisfies(event -> assertThat(event.data().id()).isEqualTo(succeeded));
            assertThat(events.stream().flatMap(event -> event.fineTuningJobFailed().stream()))
                    .singleElement()
                    .satisfies(event -> assertThat(event.data().id()).isEqualTo(failed));
            assertThat(events.stream().flatMap(event -> event.fineTuningJobCancelled().stream()))
                    .singleElement()
                    .satisfies(event -> assertThat(event.data().id()).isEqualTo(cancelled));
            assertThatThrownBy(() -> unwrap(receiver.received().get(0), "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"))
                    .isInstanceOf(InvalidWebhookSignatureException.class);
        }
    }

    @Test
    void aJobThatItsFilesEndIsToldAndOtherTenantsAreNot() {
        try (Receiver receiver = Receiver.answering(200)) {
            endpoint(receiver);
            String file = file(ALPHA, 20);
            String job = queuedJob(ALPHA, file, ", 'anneal': {'max_length': 8}");
            queuedJob(BETA, file(BETA, 20), "");
            playedWorker().finish(0);
            await(() -> !receiver.received().isEmpty());
            assertThat(receiver.received()).singleElement().satisfies(request -> {
                assertThat(request.body()).contains("fine_tuning.job.failed").contains(job);
            });
        }
    }

    @Penetration
    @Test
    void whatFailsIsTriedAgainUnderTheSameId() {
        try (Receiver target = Receiver.answering(200);
                Receiver receiver = new Receiver((exchange, number) -> {
                    exchange.getResponseHeaders().set("Location", target.url());
                    exchange.sendResponseHeaders(number == 1 ? 302 : number == 2 ? 500 : 200, -1);
                })) {
            String id = endpoint(receiver).id();
            String job = cancelledJob();
            JsonNode delivery = awaitDelivery(id, "delivered");
            assertThat(delivery.get("job_id").stringValue()).isEqualTo(job);
            assertThat(delivery.at("/attempts/0/status_code").intValue()).isEqualTo(302);
            assertThat(delivery.at("/attempts/0/failure").stringValue()).contains("redirects are not followed");
            assertThat(delivery.at("/attempts/1/status_code").intValue()).isEqualTo(500);
            assertThat(delivery.at("/attempts/2/failure").isNull()).isTrue();
            assertThat(target.received()).isEmpty();
            assertThat(receiver.received())
                    .hasSize(3)
                    .allSatisfy(request -> assertThat(request.header("webhook-id"))
                            .isEqualTo(delivery.get("id").stringValue()));
            assertThat(receiver.received().stream().map(Received::body).distinct())
                    .hasSize(1);
        }
    }

    @Test
    void anEndpointThatTakesNothingIsDisabledAndItsDeliveryReplayed() {
        try (Receiver receiver = Receiver.answering(500, 500, 500, 200)) {
            String id = endpoint(receiver).id();
            cancelledJob();
            String delivery = awaitDelivery(id, "failed").get("id").stringValue();
            assertThat(shown(id).get("enabled").booleanValue()).isFalse();
            assertThat(shown(id).get("disabled_reason").stringValue()).isEqualTo("exhausted");
            cancelledJob();
            assertThat(deliveries(id, "")).hasSize(1);

            String replay = ENDPOINTS + "/" + id + "/deliveries/" + delivery + "/replay";
            HttpResponse<String> tooEarly = post(ALPHA, replay, "");
            assertThat(tooEarly.statusCode()).isEqualTo(409);
            assertThat(json(tooEarly).at("/error/code").stringValue()).isEqualTo("webhook_endpoint_disabled");
            post(ALPHA, ENDPOINTS + "/" + id, "{'anneal': {'enabled': true}}");
            assertThat(post(ALPHA, replay, "").statusCode()).isEqualTo(202);
            assertThat(awaitDelivery(id, "delivered").get("attempts")).hasSize(4);
            assertThat(receiver.received().get(3).header("webhook-id")).isEqualTo(delivery);
            assertThat(shown(id).get("enabled").booleanValue()).isTrue();
        }
    }

    @Test
    void anEndpointThatIsGoneIsNotAskedAgain() {
        try (Receiver receiver = Receiver.answering(410)) {
            String id = endpoint(receiver).id();
            cancelledJob();
            assertThat(awaitDelivery(id, "failed").get("attempts")).hasSize(1);
            assertThat(shown(id).get("disabled_reason").stringValue()).isEqualTo("gone");
        }
    }

    /** #17: a deletion locks the endpoint, then its deliveries. */
    @Test
    void anEndpointIsDeletedWhileItsReceiverSaysThatItIsGone() throws Exception {
        CountDownLatch deletion = new CountDownLatch(1);
        try (Receiver receiver = new Receiver((exchange, number) -> {
            await(() -> deletion.getCount() == 0);
            exchange.sendResponseHeaders(410, -1);
        })) {
            String id = endpoint(receiver).id();
            cancelledJob();
            await(() -> !receiver.received().isEmpty());
            try (HeldRows deleting =
                    HeldRows.of("SELECT id FROM webhook_endpoint WHERE external_id = ? FOR UPDATE", id)) {
                deletion.countDown();
                deleting.awaitWaiter();
                deleting.execute("DELETE FROM webhook_endpoint WHERE external_id = ?", id);
                deleting.commit();
            }
            assertThat(get(ALPHA, ENDPOINTS + "/" + id).statusCode()).isEqualTo(404);
        }
    }

    @Test
    void changesOfAnEndpointAtTheSameTimeAreAllKept() {
        String id = json(post(ALPHA, ENDPOINTS, CREATION)).path("id").asString();
        for (int round = 0; round < 40; round++) {
            List<Integer> statuses = atOnce(
                    ENDPOINTS + "/" + id,
                    List.of("{'name': 'n%d'}".formatted(round), "{'url': 'http://127.0.0.1:9/%d'}".formatted(round)));

            assertThat(statuses).containsOnly(200);
            JsonNode endpoint = json(get(ALPHA, ENDPOINTS + "/" + id));
            assertThat(endpoint.path("name").asString()).isEqualTo("n" + round);
            assertThat(endpoint.path("url").asString()).endsWith("/" + round);
        }
    }

    @Test
    void limitOfEndpointsHoldsForCreationsAtTheSameTime() {
        for (int round = 0; round < 10; round++) {
            List<Integer> statuses = atOnce(ENDPOINTS, Collections.nCopies(24, CREATION));

            assertThat(statuses).filteredOn(status -> status == 200).hasSize(3);
            assertThat(statuses).filteredOn(status -> status == 400).hasSize(21);
            TestDatabase.administrator().sql("DELETE FROM webhook_endpoint").update();
        }
    }

    @Test
    void retryAfterIsWaitedFor() {
        try (Receiver receiver = new Receiver((exchange, number) -> {
            exchange.getResponseHeaders().set("Retry-After", "3600");
            exchange.sendResponseHeaders(429, -1);
        })) {
            String id = endpoint(receiver).id();
            cancelledJob();
            JsonNode delivery = awaitValue(
                            () -> deliveries(id, "?status=pending"),
                            found -> !found.isEmpty()
                                    && !found.get(0).get("attempts").isEmpty())
                    .get(0);
            assertThat(delivery.get("next_attempt_at").longValue()
                            - delivery.at("/attempts/0/started_at").longValue())
                    .isBetween(3599L, 3605L);
            String replay =
                    ENDPOINTS + "/" + id + "/deliveries/" + delivery.get("id").stringValue() + "/replay";
            assertThat(json(post(ALPHA, replay, "")).at("/error/code").stringValue())
                    .isEqualTo("webhook_delivery_pending");
        }
    }

    @Test
    void bothSecretsSignForADay() {
        try (Receiver receiver = Receiver.answering(200)) {
            WebhookEndpointWithSecret before = endpoint(receiver);
            WebhookService webhooks = openai(ALPHA).webhooks();
            WebhookEndpointWithSecret after = webhooks.rotateSecret(
                    before.id(),
                    WebhookRotateSecretParams.builder()
                            .keepOldSecretActiveFor24Hours(true)
                            .build());
            assertThat(shown(before.id()).get("previous_secret_expires_at").isIntegralNumber())
                    .isTrue();
            cancelledJob();
            await(() -> receiver.received().size() == 1);
            unwrap(receiver.received().get(0), before.signingSecret());
            unwrap(receiver.received().get(0), after.signingSecret());

            WebhookEndpointWithSecret last = webhooks.rotateSecret(before.id());
            cancelledJob();
            await(() -> receiver.received().size() == 2);
            unwrap(receiver.received().get(1), last.signingSecret());
            assertThatThrownBy(() -> unwrap(receiver.received().get(1), after.signingSecret()))
                    .isInstanceOf(InvalidWebhookSignatureException.class);
            assertThat(TestDatabase.administrator()
                            .sql("SELECT secret FROM webhook_endpoint")
                            .query(String.class)
                            .single())
                    .startsWith("v1.test.");
        }
    }

    @Test
    void addressesOfTheInsideAreNotConnectedTo() {
        String id = json(post(
                        ALPHA,
                        ENDPOINTS,
                        "{'name': 'n', 'url': 'http://169.254.169.254/latest', 'event_types': ['fine_tuning.job.cancelled']}"))
                .get("id")
                .stringValue();
        HttpResponse<String> test =
                post(ALPHA, ENDPOINTS + "/" + id + "/test", "{'event_type': 'fine_tuning.job.cancelled'}");
        assertThat(test.statusCode()).isEqualTo(422);
        assertThat(json(test).at("/error/code").stringValue()).isEqualTo("webhook_unreachable");
        assertThat(json(test).at("/error/message").stringValue()).contains("anneal.outbound.allowed-addresses");
        cancelledJob();
        assertThat(awaitDelivery(id, "failed").at("/attempts/0/failure").stringValue())
                .contains("has an address that this service may not connect to");
    }
}
