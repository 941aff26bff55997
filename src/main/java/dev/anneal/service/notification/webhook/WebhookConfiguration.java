package dev.anneal.service.notification.webhook;

import dev.anneal.service.platform.database.SystemDatabase;
import dev.anneal.service.platform.outbound.OutboundHttp;
import dev.anneal.service.platform.outbound.OutboundLimits;
import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import dev.anneal.service.platform.schedule.SchedulerLifecycle;
import dev.anneal.service.platform.secret.SealedColumn;
import java.time.Clock;
import java.time.Duration;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitialization;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.SchedulingConfigurer;

/** Processes that serve the API deliver webhooks as well. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnRole(Role.API)
class WebhookConfiguration {

    private static final Duration SWEEP_INTERVAL = Duration.ofHours(1);

    @Bean
    SealedColumn webhookSecret() {
        return EndpointStore.SECRET;
    }

    @Bean
    SealedColumn previousWebhookSecret() {
        return EndpointStore.PREVIOUS_SECRET;
    }

    @Bean
    DeliverySender deliverySender(OutboundHttp http, WebhookProperties properties, Clock clock) {
        return new DeliverySender(
                http.toStrangers(OutboundLimits.within(properties.timeout(), properties.concurrency())), clock);
    }

    @Bean
    TestDeliveries testDeliveries(OutboundHttp http, WebhookProperties properties, Clock clock) {
        return new TestDeliveries(new DeliverySender(
                http.toStrangers(OutboundLimits.within(properties.timeout(), TestDeliveries.MOST)), clock));
    }

    @Bean
    @DependsOnDatabaseInitialization
    SchedulerLifecycle deliverySchedule(
            @Qualifier("systemPool") DataSource pool,
            DeliveryRunner runner,
            ObjectProvider<DeliveryListener> listeners,
            WebhookProperties properties,
            Clock clock) {
        return DeliverySchedule.of(
                pool,
                runner,
                outcome -> listeners.orderedStream().forEach(listener -> listener.tried(outcome)),
                properties,
                clock);
    }

    @Bean
    SchedulingConfigurer deliverySweep(
            SystemDatabase database, DeliveryStore deliveries, Clock clock, WebhookProperties properties) {
        return tasks -> tasks.addFixedDelayTask(
                () -> database.run(() -> deliveries.forget(clock.instant().minus(properties.kept()))), SWEEP_INTERVAL);
    }
}
