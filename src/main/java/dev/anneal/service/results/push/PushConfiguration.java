package dev.anneal.service.results.push;

import dev.anneal.service.models.hub.HubProperties;
import dev.anneal.service.platform.outbound.OutboundHttp;
import dev.anneal.service.platform.outbound.OutboundLimits;
import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import dev.anneal.service.platform.schedule.TriggeredChore;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Processes that serve the API also push. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnRole(Role.API)
class PushConfiguration {

    /** Number of concurrent pushes of a process. */
    private static final int CONCURRENCY = 4;

    /** A Hub may take a while for a commit; a file of 5 GB takes hours on a slow connection. */
    private static final OutboundLimits LIMITS =
            new OutboundLimits(Duration.ofMinutes(1), Duration.ofHours(6), CONCURRENCY);

    @Bean
    HubCalls hubCalls(OutboundHttp http, HubProperties properties) {
        return new HubCalls(http.toConfigured(properties.endpoint(), LIMITS, 0), http.toStrangers(LIMITS), properties);
    }

    /**
     * A database trigger adds a task for each push. Another process continues an interrupted one and sends what the Hub
     * does not have.
     */
    @Bean
    TriggeredChore hubPush(PushRunner runner) {
        return new TriggeredChore("hub-push", CONCURRENCY, Duration.ofSeconds(5), runner::run);
    }
}
