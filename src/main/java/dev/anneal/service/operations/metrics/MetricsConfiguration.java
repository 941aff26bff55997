package dev.anneal.service.operations.metrics;

import dev.anneal.protocol.WireName;
import dev.anneal.service.platform.meter.MeterNames;
import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import dev.anneal.service.platform.schedule.LocalChore;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Objects;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

@Configuration(proxyBeanMethods = false)
class MetricsConfiguration {

    private static final String UNPACKAGED = "development";

    @Bean
    MeterBinder buildInfo(Environment environment) {
        String version = MetricsConfiguration.class.getPackage().getImplementationVersion();
        return registry -> Role.in(environment)
                .forEach(role -> Gauge.builder(MeterNames.BUILD_INFO, () -> 1)
                        .description("What runs here")
                        .tag("component", WireName.of(role))
                        .tag("version", Objects.requireNonNullElse(version, UNPACKAGED))
                        .register(registry));
    }

    @Bean
    @ConditionalOnRole(Role.API)
    LocalChore queueMetersRefresh(QueueMeters meters, MetricsProperties properties) {
        return new LocalChore(properties.queueRefreshInterval(), meters::refresh);
    }
}
