package dev.anneal.service.notification.webhook;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Delivery of webhooks.
 *
 * @param concurrency deliveries that this process makes at a time, at most half of them for one tenant
 * @param kept how long deliveries are kept after they have succeeded or failed
 * @param maxEndpoints maximum number of endpoints of one tenant
 * @param retryDelays delays between attempts, varied randomly by up to a tenth; after the last one the delivery fails
 * @param timeout total time limit for an attempt
 */
@Validated
@ConfigurationProperties("anneal.webhooks")
record WebhookProperties(
        @DefaultValue("8") @Min(1) @Max(256) int concurrency,
        @DefaultValue("30d") Duration kept,
        @DefaultValue("20") @Min(1) int maxEndpoints,

        @DefaultValue({"5s", "5m", "30m", "2h", "5h", "10h", "14h", "20h", "24h"})
        List<Duration> retryDelays,

        @DefaultValue("15s") Duration timeout) {

    WebhookProperties {
        retryDelays = List.copyOf(retryDelays);
    }

    /** Half of the deliveries, so that a tenant with slow endpoints does not block the others. */
    int concurrencyOfTenant() {
        return (concurrency + 1) / 2;
    }
}
