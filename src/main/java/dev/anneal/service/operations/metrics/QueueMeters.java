package dev.anneal.service.operations.metrics;

import dev.anneal.service.platform.meter.MeterNames;
import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import dev.anneal.service.queue.QueueNumbers;
import dev.anneal.service.queue.Slot;
import dev.anneal.service.queue.WorkCount;
import dev.anneal.service.queue.WorkKind;
import dev.anneal.service.queue.WorkState;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/** Metrics of the whole queue. A scrape reads the values of the last refresh and does not access the database. */
@Component
@ConditionalOnRole(Role.API)
final class QueueMeters {

    private static final Logger LOG = LoggerFactory.getLogger(QueueMeters.class);

    private static final List<WorkState> STATES =
            Arrays.stream(WorkState.values()).filter(state -> !state.isFinal()).toList();

    private final QueueNumbers numbers;
    private final Clock clock;
    private final MultiGauge jobs;
    private final MultiGauge oldestQueued;

    QueueMeters(QueueNumbers numbers, Clock clock, MeterRegistry registry) {
        this.numbers = numbers;
        this.clock = clock;
        this.jobs = MultiGauge.builder(MeterNames.JOBS)
                .description("Fine-tuning jobs that have not ended")
                .register(registry);
        this.oldestQueued = MultiGauge.builder(MeterNames.OLDEST_QUEUED)
                .description("Since when the oldest claimable training waits, since 1970")
                .baseUnit("seconds")
                .register(registry);
    }

    /** Reads the database. While it is unreachable the metrics are absent rather than stale. */
    void refresh() {
        try {
            List<WorkCount> counts = numbers.counts();
            jobs.register(STATES.stream().map(state -> row(state, counts)).toList(), true);
            oldestQueued.register(
                    numbers.oldestQueued(Slot.TRAINING).stream()
                            .map(waited -> MultiGauge.Row.of(
                                    Tags.empty(), clock.instant().minus(waited).toEpochMilli() / 1000.0))
                            .toList(),
                    true);
        } catch (DataAccessException | TransactionException e) {
            LOG.warn("The queue's meters are gone until the database answers: {}", e.getMessage());
            jobs.register(List.of(), true);
            oldestQueued.register(List.of(), true);
        }
    }

    private static MultiGauge.Row<?> row(WorkState state, List<WorkCount> counts) {
        long count = counts.stream()
                .filter(each -> each.kind() == WorkKind.TRAIN && each.state() == state)
                .mapToLong(WorkCount::count)
                .sum();
        return MultiGauge.Row.of(Tags.of("state", state.wireName()), count);
    }
}
