package dev.anneal.service.notification.webhook;

import dev.anneal.service.access.quota.TenantSlots;
import dev.anneal.service.notification.webhook.DeliverySender.Answer;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import java.io.IOException;
import java.net.URI;
import java.util.List;

/** Sends events that tenants try while their requests wait, few at a time, over connections that no delivery needs. */
final class TestDeliveries implements AutoCloseable {

    /** At a time in this process. */
    static final int MOST = 8;

    /** Of them one tenant's. */
    private static final int MOST_OF_TENANT = 2;

    private final DeliverySender sender;
    private final TenantSlots slots = new TenantSlots(MOST, MOST_OF_TENANT);

    /** @param sender closed with this */
    TestDeliveries(DeliverySender sender) {
        this.sender = sender;
    }

    /** @throws Refusal {@code queue_full} while too many go on */
    Answer send(String tenantId, URI url, String secret, String id, WebhookEvent event) {
        if (!slots.take(tenantId)) {
            throw new Refusal(
                    RefusalCode.QUEUE_FULL,
                    "%d tests of webhooks, %d of one tenant, may wait for their endpoints at a time, and that many are waiting. Try again."
                            .formatted(MOST, slots.mostOfTenant()));
        }
        try {
            return sender.send(url, List.of(secret), id, event);
        } finally {
            slots.giveBack(tenantId);
        }
    }

    @Override
    public void close() throws IOException {
        sender.close();
    }
}
