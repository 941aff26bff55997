package dev.anneal.service.inference.grader;

import dev.anneal.service.inference.TextGenerator;
import dev.anneal.service.platform.outbound.OutboundHttp;
import dev.anneal.service.queue.secret.SealedValues;
import java.time.Clock;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Beans for endpoints and judging models. */
@Configuration(proxyBeanMethods = false)
class GraderConfiguration {

    private static final Duration FIRST_RETRY_DELAY = Duration.ofMillis(500);

    @Bean
    TenantGraders gradingHelp(Endpoints endpoints, TextGenerator generator, SealedValues sealed) {
        return new TenantGraders(endpoints, generator, sealed::ofWork);
    }

    @Bean
    HttpEndpointClient endpointClient(OutboundHttp http, GraderProperties properties, Clock clock) {
        return new HttpEndpointClient(new EndpointTransport(http, properties, clock), properties, FIRST_RETRY_DELAY);
    }
}
