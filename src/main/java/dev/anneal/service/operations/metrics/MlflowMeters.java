package dev.anneal.service.operations.metrics;

import dev.anneal.service.notification.mlflow.MlflowListener;
import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.stereotype.Component;

/** Counts requests to the MLflow server. */
@Component
@ConditionalOnRole(Role.API)
final class MlflowMeters implements MlflowListener {

    private final EnumCounters<Outcome> requests;

    MlflowMeters(MeterRegistry registry) {
        requests = new EnumCounters<>(
                registry, Outcome.class, "outcome", MeterNames.MLFLOW_REQUESTS, "Requests to the MLflow server");
    }

    @Override
    public void answered(Outcome outcome) {
        requests.of(outcome).increment();
    }
}
