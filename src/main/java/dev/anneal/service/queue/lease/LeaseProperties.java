package dev.anneal.service.queue.lease;

import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * How work is leased, rescued and retried. A killed worker's work is claimable again at most {@code lease + scanInterval} after its last
 * heartbeat, and at once: its first loss adds no delay. After an outage of the database, or the start of the process, nobody is rescued for
 * {@code lease + heartbeatInterval}, in which workers that live take their leases back.
 *
 * @param lease how long a claim or heartbeat holds the work
 * @param heartbeatInterval how often a worker extends its leases
 * @param safetyMargin how long before the end of its lease a worker stops to publish
 * @param scanInterval how often every process looks for lost workers
 * @param stallTimeout how long an attempt may go without a first step; workers set their own limit from then on
 * @param maxRunTime how long an attempt may take
 * @param tenantRunningLimit how much of one tenant runs at a time, for each class of slot
 * @param userRetries how often work is tried again after failures of its own input
 * @param platformRetries how often work is tried again after failures of the platform and lost workers
 * @param retryDelay wait before the first retry, none after the first lost worker, half of it after a fault of the environment; each further one waits
 *     twice as long
 * @param maxRetryDelay longest wait before a retry; after a fault of the environment at most two minutes
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
        @DefaultValue("0") @Min(0) int userRetries,
        @DefaultValue("5") @Min(0) int platformRetries,
        @DefaultValue("10s") Duration retryDelay,
        @DefaultValue("10m") Duration maxRetryDelay) {

    /** Nobody waits long for an environment that is mended. */
    private static final Duration MAX_ENVIRONMENT_DELAY = Duration.ofMinutes(2);

    /**
     * How long the database must have answered without a break before anybody is rescued: every worker has sent a heartbeat by then and
     * held its lease since.
     */
    Duration settlingTime() {
        return lease.plus(heartbeatInterval);
    }

    /** A shorter outage of the database costs no living worker its lease. */
    Duration longestHarmlessOutage() {
        return lease.minus(heartbeatInterval).minus(safetyMargin);
    }

    /** Wait after the first fault of the environment. */
    Duration environmentDelay() {
        return retryDelay.dividedBy(2);
    }

    Duration maxEnvironmentDelay() {
        return maxRetryDelay.compareTo(MAX_ENVIRONMENT_DELAY) < 0 ? maxRetryDelay : MAX_ENVIRONMENT_DELAY;
    }

    @AssertTrue(
            message =
                    "anneal.queue.lease must be at least three times anneal.queue.heartbeat-interval, or one slow heartbeat loses the work")
    boolean isLeaseLongEnough() {
        return lease.compareTo(heartbeatInterval.multipliedBy(3)) >= 0;
    }

    @AssertTrue(
            message =
                    "anneal.queue.lease must be at least twice anneal.queue.heartbeat-interval and anneal.queue.safety-margin together, or one late answer of the database keeps lost workers from being rescued")
    boolean isSafetyMarginShortEnough() {
        return longestHarmlessOutage().compareTo(heartbeatInterval) >= 0;
    }
}
