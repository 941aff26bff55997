package dev.anneal.service.notification.mlflow;

import dev.anneal.service.platform.meter.EnumCounters;
import dev.anneal.service.platform.meter.MeterNames;
import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.stereotype.Component;

/** Counts requests to the MLflow server by outcome. */
@Component
@ConditionalOnRole(Role.API)
final class MlflowMeters extends EnumCounters<MlflowMeters.Outcome> {

    MlflowMeters(MeterRegistry registry) {
        super(registry, Outcome.class, "outcome", MeterNames.MLFLOW_REQUESTS, "Requests to the MLflow server");
    }

    /** Outcome of a request. */
    enum Outcome {
        OK,
        /** The server understood the request and refused it. */
        REFUSED,
        /**
         * No answer, or one that is not about the request: the server is unreachable, overloaded, or rejects the
         * credentials.
         */
        UNAVAILABLE
    }
}
