package dev.anneal.service.notification.webhook;

import dev.anneal.service.platform.database.SystemDatabase;
import dev.anneal.service.platform.outbound.OutboundHttp;
import dev.anneal.service.platform.outbound.OutboundLimits;
import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import dev.anneal.service.platform.schedule.RecurringChore;
import dev.anneal.service.platform.schedule.TriggeredChore;
import dev.anneal.service.platform.secret.SealedColumn;
import java.time.Clock;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Processes that serve the API also deliver webhooks. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnRole(Role.API)
class WebhookConfiguration {

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

    /** Database triggers add a task for each pending delivery. */
    @Bean
    TriggeredChore webhookDelivery(DeliveryRunner runner, DeliveryMeters meters, WebhookProperties properties) {
        return new TriggeredChore(
                "webhook-delivery",
                properties.concurrency(),
                properties.timeout().plusSeconds(5),
                delivery -> runner.run(delivery, meters));
    }

    @Bean
    RecurringChore webhookDeliverySweep(
            SystemDatabase database, DeliveryStore deliveries, Clock clock, WebhookProperties properties) {
        return new RecurringChore(
                "webhook-delivery-sweep",
                Duration.ofHours(1),
                () -> database.run(() -> deliveries.forget(clock.instant().minus(properties.kept()))));
    }
}
