package dev.anneal.service.notification.webhook;

import dev.anneal.service.notification.webhook.DeliverySender.Answer;
import dev.anneal.service.notification.webhook.WebhookDelivery.State;
import dev.anneal.service.platform.database.EntityDatabase;
import dev.anneal.service.platform.database.Identifiers;
import dev.anneal.service.platform.paging.Page;
import dev.anneal.service.platform.paging.PageRequest;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import java.time.Clock;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Lists, replays and tests deliveries for tenants. */
@Component
@ConditionalOnRole(Role.API)
public final class WebhookDeliveries {

    private final EntityDatabase database;
    private final WebhookEndpoints endpoints;
    private final DeliveryStore store;
    private final TestDeliveries tests;
    private final Identifiers identifiers;
    private final Clock clock;

    WebhookDeliveries(
            EntityDatabase database,
            WebhookEndpoints endpoints,
            DeliveryStore store,
            TestDeliveries tests,
            Identifiers identifiers,
            Clock clock) {
        this.database = database;
        this.endpoints = endpoints;
        this.store = store;
        this.tests = tests;
        this.identifiers = identifiers;
        this.clock = clock;
    }

    /** @param state null for all */
    public Page<WebhookDelivery> list(String tenantId, String endpointId, @Nullable State state, PageRequest request) {
        return database.call(tenantId, () -> {
            long endpoint = endpoints.require(endpointId).number();
            String after = request.after();
            if (after != null && store.find(endpoint, after).isEmpty()) {
                throw Refusal.invalidCursor("a delivery to this endpoint", after);
            }
            return Page.of(store.page(endpoint, state, request), request);
        });
    }

    /** Delivers the event again under the same id, with a new round of attempts. */
    public WebhookDelivery replay(String tenantId, String endpointId, String deliveryId) {
        return database.call(tenantId, () -> {
            WebhookEndpoint endpoint = endpoints.require(endpointId);
            long delivery = store.find(endpoint.number(), deliveryId)
                    .orElseThrow(() -> Refusal.notFound("webhook delivery", deliveryId, "delivery_id"));
            if (endpoint.disabled() != null) {
                throw new Refusal(
                        RefusalCode.WEBHOOK_ENDPOINT_DISABLED,
                        "The endpoint is disabled (" + endpoint.disabled().wireName()
                                + "). Enable it, then replay the delivery");
            }
            if (!store.replay(delivery)) {
                throw new Refusal(
                        RefusalCode.WEBHOOK_DELIVERY_PENDING,
                        "The delivery is pending: its next attempt is at 'next_attempt_at'");
            }
            return store.byNumber(delivery);
        });
    }

    /**
     * Sends a test event of this type once, about a fictitious job. It does not appear among the deliveries.
     *
     * @return the status of the answer
     * @throws Refusal {@code webhook_unreachable} if there is none, {@code queue_full} while too many tests are running
     */
    public int test(String tenantId, String endpointId, WebhookEventType type) {
        WebhookEndpoint endpoint = endpoints.find(tenantId, endpointId);
        String secret = endpoints.secret(tenantId, endpointId);
        WebhookEvent event = new WebhookEvent(
                identifiers.next("evt_"), type.wireName(), identifiers.next("ftjob-test-"), clock.instant());
        Answer answer = tests.send(tenantId, endpoint.settings().url(), secret, identifiers.next("wh_"), event);
        Integer status = answer.status();
        if (status == null) {
            throw new Refusal(RefusalCode.WEBHOOK_UNREACHABLE, "The test was not delivered: " + answer.failure());
        }
        return status;
    }
}
