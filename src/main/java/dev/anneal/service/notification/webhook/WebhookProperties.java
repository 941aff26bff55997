package dev.anneal.service.notification.webhook;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How webhooks are delivered.
 *
 * @param concurrency deliveries that this process makes at a time, half of them one tenant's at most
 * @param kept how long deliveries are kept after they were made or have failed
 * @param maxEndpoints endpoints of one tenant
 * @param retryDelays waits between tries, give or take a tenth; when all have passed, the delivery has failed
 * @param timeout how long a try may take in all
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

    /** Half of the deliveries at a time, so that a tenant whose endpoints are slow leaves the others the rest. */
    int concurrencyOfTenant() {
        return (concurrency + 1) / 2;
    }
}
