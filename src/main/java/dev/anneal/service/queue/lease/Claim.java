package dev.anneal.service.queue.lease;

import dev.anneal.service.queue.WorkKind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Work that a worker has claimed.
 *
 * @param waited how long it had been claimable
 * @param deadlineAt deadline of this attempt, by the database's clock
 * @param traceparent W3C trace context of the request that made it, or null
 * @param models base models that it needs, in the format of {@link dev.anneal.service.queue.NewWork#model}
 * @param devices number of the worker's devices that do it together
 */
public record Claim(
        Lease lease,
        String tenantId,
        WorkKind kind,
        String method,
        Duration waited,
        Instant deadlineAt,
        @Nullable String traceparent,
        List<String> models,
        int devices) {

    public Claim {
        models = List.copyOf(models);
    }
}
