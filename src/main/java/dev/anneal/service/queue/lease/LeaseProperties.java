package dev.anneal.service.queue.lease;

import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.apache.commons.lang3.ObjectUtils;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How work is leased, rescued and retried. A killed worker's work is claimable again at most
 * {@code lease + scanInterval} after its last heartbeat; the first loss adds no delay. For
 * {@code lease + heartbeatInterval} after an outage of the database, or after the start of the process, no work is
 * rescued, so that live workers can reclaim their leases first.
 *
 * @param lease how long a claim or heartbeat reserves the work
 * @param heartbeatInterval how often a worker extends its leases
 * @param safetyMargin how long before its lease expires a worker stops publishing
 * @param scanInterval how often every process looks for lost workers
 * @param stallTimeout how long an attempt may run without a first step; from then on workers set their own limit
 * @param maxRunTime time limit for an attempt
 * @param tenantRunningLimit how much work of one tenant runs at a time, for each class of slot; a training counts for
 *     each of its devices
 * @param overtaking how long a training that needs more devices than are free is overtaken by those that need fewer;
 *     then devices that become free are left to it
 * @param userRetries how often work is retried after failures caused by its own input
 * @param platformRetries how often work is retried after failures of the platform and lost workers, since it last saved
 *     more progress than before or was resumed; a worker that is lost with several items costs none of them a retry,
 *     unless their last attempt was lost too
 * @param retryDelay delay before the first retry, none after the first lost worker, half of it after a fault of the
 *     environment; doubled for each further retry
 * @param maxRetryDelay longest delay before a retry; at most two minutes after a fault of the environment
 */
@Validated
@ConfigurationProperties("anneal.queue")
public record LeaseProperties(
        @DefaultValue("60s") Duration lease,
        @DefaultValue("15s") Duration heartbeatInterval,
        @DefaultValue("10s") Duration safetyMargin,
        @DefaultValue("10s") Duration scanInterval,
        @DefaultValue("15m") Duration stallTimeout,
        @DefaultValue("7d") Duration maxRunTime,
        @DefaultValue("16") @Min(1) int tenantRunningLimit,
        @DefaultValue("10m") Duration overtaking,
        @DefaultValue("0") @Min(0) int userRetries,
        @DefaultValue("5") @Min(0) int platformRetries,
        @DefaultValue("10s") Duration retryDelay,
        @DefaultValue("10m") Duration maxRetryDelay) {

    /** Longest delay after a fault of the environment. */
    private static final Duration MAX_ENVIRONMENT_DELAY = Duration.ofMinutes(2);

    /**
     * How long the database must have answered without interruption before work is rescued: by then every live worker
     * has renewed its leases.
     */
    Duration settlingTime() {
        return lease.plus(heartbeatInterval);
    }

    /** The longest outage of the database in which no live worker loses its lease. */
    Duration longestHarmlessOutage() {
        return lease.minus(heartbeatInterval).minus(safetyMargin);
    }

    /** Delay after the first fault of the environment. */
    Duration environmentDelay() {
        return retryDelay.dividedBy(2);
    }

    Duration maxEnvironmentDelay() {
        return ObjectUtils.min(maxRetryDelay, MAX_ENVIRONMENT_DELAY);
    }

    @AssertTrue(
            message = "anneal.queue.lease must be at least three times anneal.queue.heartbeat-interval, or one slow"
                    + " heartbeat loses the work")
    boolean isLeaseLongEnough() {
        return lease.compareTo(heartbeatInterval.multipliedBy(3)) >= 0;
    }

    @AssertTrue(
            message = "anneal.queue.lease must be at least twice anneal.queue.heartbeat-interval and"
                    + " anneal.queue.safety-margin together, or one late answer of the database keeps lost workers"
                    + " from being rescued")
    boolean isSafetyMarginShortEnough() {
        return longestHarmlessOutage().compareTo(heartbeatInterval) >= 0;
    }
}
