package dev.anneal.service.operations.metrics;

import dev.anneal.service.inference.GenerationListener;
import dev.anneal.service.notification.mlflow.MlflowListener;
import dev.anneal.service.notification.webhook.DeliveryListener;
import dev.anneal.service.operations.retention.RetentionListener;
import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import dev.anneal.service.queue.QueueNumbers;
import dev.anneal.service.queue.WorkEndListener;
import dev.anneal.service.queue.lease.RescueListener;
import dev.anneal.service.storage.StoreListener;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Clock;
import java.util.Locale;
import java.util.Objects;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.scheduling.annotation.SchedulingConfigurer;

@Configuration(proxyBeanMethods = false)
class MetricsConfiguration {

    private static final String UNPACKAGED = "development";

    @Bean
    MeterBinder buildInfo(Environment environment) {
        String version = MetricsConfiguration.class.getPackage().getImplementationVersion();
        return registry -> Role.in(environment)
                .forEach(role -> Gauge.builder(MeterNames.BUILD_INFO, () -> 1)
                        .description("What runs here")
                        .tag("component", role.name().toLowerCase(Locale.ROOT))
                        .tag("version", Objects.requireNonNullElse(version, UNPACKAGED))
                        .register(registry));
    }

    /** Every process rescues. */
    @Bean
    RescueListener rescueMeters(MeterRegistry registry) {
        return new RescueMeters(registry);
    }

    /** Work ends in every process: workers succeed, sweeps give up, requests cancel. */
    @Bean
    WorkEndListener finishedMeters(MeterRegistry registry) {
        return new FinishedMeters(registry);
    }

    @Bean
    StoreListener storeMeters(MeterRegistry registry) {
        return new StoreMeters(registry);
    }

    @Bean
    @ConditionalOnRole(Role.WORKER)
    WorkerMeters workerMeters(MeterRegistry registry) {
        return new WorkerMeters(registry);
    }

    @Bean
    @ConditionalOnRole(Role.INFERENCE)
    GenerationListener inferenceMeters(MeterRegistry registry) {
        return new InferenceMeters(registry);
    }

    @Bean
    @ConditionalOnRole(Role.API)
    DeliveryListener webhookMeters(MeterRegistry registry) {
        return new WebhookMeters(registry);
    }

    @Bean
    @ConditionalOnRole(Role.API)
    RetentionListener retentionMeters(MeterRegistry registry) {
        return new RetentionMeters(registry);
    }

    @Bean
    @ConditionalOnRole(Role.API)
    MlflowListener mlflowMeters(MeterRegistry registry) {
        return new MlflowMeters(registry);
    }

    @Bean
    @ConditionalOnRole(Role.API)
    QueueMeters queueMeters(QueueNumbers numbers, Clock clock, MeterRegistry registry) {
        return new QueueMeters(numbers, clock, registry);
    }

    @Bean
    @ConditionalOnRole(Role.API)
    SchedulingConfigurer queueMetersSchedule(QueueMeters meters, MetricsProperties properties) {
        return tasks -> tasks.addFixedDelayTask(meters::refresh, properties.queueRefreshInterval());
    }
}
