package dev.anneal.service.notification.webhook;

import dev.anneal.service.access.quota.TenantSlots;
import dev.anneal.service.notification.webhook.DeliverySender.Answer;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import java.net.URI;
import java.util.List;

/** Sends test events while the requests of tenants wait: a few at a time, over connections separate from deliveries. */
final class TestDeliveries {

    /** Maximum number of concurrent tests of this process. */
    static final int MOST = 8;

    /** Maximum number of those of one tenant. */
    private static final int MOST_OF_TENANT = 2;

    private final DeliverySender sender;
    private final TenantSlots slots = new TenantSlots(MOST, MOST_OF_TENANT);

    TestDeliveries(DeliverySender sender) {
        this.sender = sender;
    }

    /**
     * @throws Refusal {@code queue_full} while too many are running
     */
    Answer send(String tenantId, URI url, String secret, String id, WebhookEvent event) {
        if (!slots.take(tenantId)) {
            throw new Refusal(
                    RefusalCode.QUEUE_FULL,
                    "Only %d webhook tests, %d of them of one tenant, may run at a time. Try again."
                            .formatted(MOST, slots.mostOfTenant()));
        }
        try {
            return sender.send(url, List.of(secret), id, event);
        } finally {
            slots.giveBack(tenantId);
        }
    }
}
