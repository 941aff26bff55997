package dev.anneal.service.worker;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

/**
 * Whether the worker's heartbeats go on, as part of the liveness of its process. They ask the database, but wait for it no longer than a timeout, so
 * that its loss is no silence: only a process that is stuck is silent, and a restart mends that.
 */
final class HeartbeatHealth extends AbstractHealthIndicator {

    private final Supplier<Optional<Duration>> silence;
    private final Duration limit;

    /**
     * @param silence since the newest heartbeat; nothing where none are to be expected, as in a process that does not work on jobs
     * @param limit silence from which on the process is dead
     */
    HeartbeatHealth(Supplier<Optional<Duration>> silence, Duration limit) {
        super("the worker's heartbeats cannot be looked at");
        this.silence = silence;
        this.limit = limit;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        Optional<Duration> now = silence.get();
        builder.status(now.isPresent() && now.get().compareTo(limit) > 0 ? Status.DOWN : Status.UP);
        now.ifPresent(duration -> builder.withDetail("secondsSinceHeartbeat", duration.toSeconds()));
    }
}
