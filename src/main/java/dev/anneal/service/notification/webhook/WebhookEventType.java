package dev.anneal.service.notification.webhook;

import dev.anneal.protocol.WireName;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Types of events, with OpenAI's names. */
public enum WebhookEventType implements WireName {
    JOB_SUCCEEDED("fine_tuning.job.succeeded"),
    JOB_FAILED("fine_tuning.job.failed"),
    JOB_CANCELLED("fine_tuning.job.cancelled");

    private final String wireName;

    WebhookEventType(String wireName) {
        this.wireName = wireName;
    }

    @Override
    public String wireName() {
        return wireName;
    }

    public static List<String> wireNames() {
        return Arrays.stream(values()).map(WebhookEventType::wireName).toList();
    }

    public static Optional<WebhookEventType> named(String wireName) {
        return WireName.find(WebhookEventType.class, wireName);
    }
}
