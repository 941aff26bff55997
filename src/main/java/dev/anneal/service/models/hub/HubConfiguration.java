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

/** Beans of this room. */
@Configuration(proxyBeanMethods = false)
class HubConfiguration {

    /** The same as in the Hub's own client. */
    private static final OutboundLimits LIMITS = new OutboundLimits(Duration.ofSeconds(10), null, 4);

    private static final int REDIRECTS = 5;
    private static final Duration PAUSE = Duration.ofSeconds(1);

    /** An offline process leaves earlier requests to other processes, or until it is online. */
    private static final Duration WHILE_OFFLINE = Duration.ofMinutes(1);

    /** Maximum age of the commits for new work. Trainings do not depend on it: a job keeps its own commit. */
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

    /** Pulls one model after another; a database trigger adds a task for each request. */
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
