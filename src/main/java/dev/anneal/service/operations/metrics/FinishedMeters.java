package dev.anneal.service.operations.metrics;

import dev.anneal.protocol.WireName;
import dev.anneal.service.platform.meter.MeterNames;
import dev.anneal.service.queue.WorkEnd;
import dev.anneal.service.queue.WorkError;
import dev.anneal.service.queue.WorkState;
import dev.anneal.service.training.settings.TrainingMethods;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.event.TransactionalEventListener;

/**
 * Counts finished work. The series of trainings exist from the start with 0: if a counter appears with its first
 * failure, Prometheus sees no increase.
 */
@Component
final class FinishedMeters {

    private final MeterRegistry registry;

    FinishedMeters(MeterRegistry registry) {
        this.registry = registry;
        for (String method : TrainingMethods.NAMES) {
            counter(method, WorkState.SUCCEEDED, null);
            counter(method, WorkState.CANCELLED, null);
            for (WorkError.Origin fault : WorkError.Origin.values()) {
                counter(method, WorkState.FAILED, fault);
            }
        }
    }

    @TransactionalEventListener
    void ended(WorkEnd end) {
        if (end.state().isFinal()) {
            counter(end.method(), end.state(), end.fault()).increment();
        }
    }

    private Counter counter(String method, WorkState outcome, WorkError.@Nullable Origin fault) {
        return Counter.builder(MeterNames.JOBS_FINISHED)
                .description("Work that has ended for good")
                .tags(
                        "outcome",
                        WireName.of(outcome),
                        "method",
                        method,
                        "fault",
                        fault == null ? "none" : WireName.of(fault))
                .register(registry);
    }
}
