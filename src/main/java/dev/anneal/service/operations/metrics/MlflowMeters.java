package dev.anneal.service.operations.metrics;

import dev.anneal.service.notification.mlflow.MlflowListener;
import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.springframework.stereotype.Component;

/** Counts requests to the MLflow server; the outcomes are there from the start, with 0. */
@Component
@ConditionalOnRole(Role.API)
final class MlflowMeters implements MlflowListener {

    private final Map<Outcome, Counter> counters = new EnumMap<>(Outcome.class);

    MlflowMeters(MeterRegistry registry) {
        for (Outcome outcome : Outcome.values()) {
            counters.put(
                    outcome,
                    Counter.builder(MeterNames.MLFLOW_REQUESTS)
                            .description("Requests to the MLflow server")
                            .tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
                            .register(registry));
        }
    }

    @Override
    public void answered(Outcome outcome) {
        Objects.requireNonNull(counters.get(outcome)).increment();
    }
}
