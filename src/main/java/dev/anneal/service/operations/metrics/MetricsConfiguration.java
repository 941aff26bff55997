package dev.anneal.service.operations.metrics;

import dev.anneal.protocol.WireName;
import dev.anneal.service.platform.meter.MeterNames;
import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import dev.anneal.service.platform.schedule.LocalChore;
import dev.anneal.service.platform.startup.Build;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

@Configuration(proxyBeanMethods = false)
class MetricsConfiguration {

    @Bean
    MeterBinder buildInfo(Environment environment) {
        return registry -> Role.in(environment)
                .forEach(role -> Gauge.builder(MeterNames.BUILD_INFO, () -> 1)
                        .description("What runs here")
                        .tag("component", WireName.of(role))
                        .tag("version", Build.version())
                        .register(registry));
    }

    @Bean
    @ConditionalOnRole(Role.API)
    LocalChore queueMetersRefresh(QueueMeters meters, MetricsProperties properties) {
        return new LocalChore(properties.queueRefreshInterval(), meters::refresh);
    }
}
