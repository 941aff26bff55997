package dev.anneal.service.models.hub;

import dev.anneal.service.platform.outbound.OutboundHttp;
import dev.anneal.service.platform.outbound.OutboundLimits;
import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import dev.anneal.service.platform.schedule.LocalChore;
import dev.anneal.service.platform.schedule.TriggeredChore;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Makes the module's beans. */
@Configuration(proxyBeanMethods = false)
class HubConfiguration {

    /** The Hub's own client waits as long. */
    private static final OutboundLimits LIMITS = new OutboundLimits(Duration.ofSeconds(10), null, 4);

    private static final int REDIRECTS = 5;
    private static final Duration PAUSE = Duration.ofSeconds(1);

    /** A process that is offline leaves what was asked for before to others, or until it is not. */
    private static final Duration WHILE_OFFLINE = Duration.ofMinutes(1);

    /** How old the commits may be that new work begins with. Trainings do not depend on them: a job keeps its own commit. */
    private static final Duration FRESH = Duration.ofSeconds(2);

    @Bean
    HubCache hubCache(HubProperties properties) {
        return new HubCache(properties.cache());
    }

    @Bean
    ModelPull modelPull(HubProperties properties, OutboundHttp http, HubCache cache) {
        return new ModelPull(
                new HubClient(http.toConfigured(properties.endpoint(), LIMITS, REDIRECTS), properties), cache, PAUSE);
    }

    /** One model after the other; a trigger of the migration adds a task for each request. */
    @Bean
    @ConditionalOnRole(Role.API)
    TriggeredChore hubPull(PullRunner pulls, HubProperties properties, Clock clock) {
        return new TriggeredChore("hub-pull", 1, Duration.ZERO, request -> {
            if (properties.offline()) {
                return Optional.of(clock.instant().plus(WHILE_OFFLINE));
            }
            pulls.run(request);
            return Optional.empty();
        });
    }

    /** Before the first request is served. */
    @Bean
    SmartInitializingSingleton firstHubPins(HubSource models) {
        return models::readPins;
    }

    @Bean
    LocalChore hubPins(HubSource models) {
        return new LocalChore(FRESH, FRESH, models::readPins);
    }
}
