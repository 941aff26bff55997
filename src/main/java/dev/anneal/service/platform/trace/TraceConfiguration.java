package dev.anneal.service.platform.trace;

import io.micrometer.observation.ObservationPredicate;
import io.opentelemetry.api.OpenTelemetry;
import java.util.List;
import java.util.Objects;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.server.observation.ServerRequestObservationContext;

@Configuration(proxyBeanMethods = false)
class TraceConfiguration {

    private static final List<String> PROBES = List.of("/actuator", "/livez", "/readyz");

    @Bean
    AttemptTraces attemptTraces(ObjectProvider<OpenTelemetry> telemetry) {
        return new AttemptTraces(telemetry.getIfAvailable(OpenTelemetry::noop).getTracer("dev.anneal"));
    }

    /** Excludes scrapes and probes from traces and metrics. */
    @Bean
    ObservationPredicate requestsOfClients() {
        return (name, context) -> !(context instanceof ServerRequestObservationContext request
                && PROBES.stream()
                        .anyMatch(Objects.requireNonNull(request.getCarrier()).getRequestURI()::startsWith));
    }
}
