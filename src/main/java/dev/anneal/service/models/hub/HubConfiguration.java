package dev.anneal.service.models.hub;

import dev.anneal.service.platform.outbound.OutboundHttp;
import dev.anneal.service.platform.outbound.OutboundLimits;
import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.SchedulingConfigurer;

/** Makes the module's beans. */
@Configuration(proxyBeanMethods = false)
class HubConfiguration {

    /** The Hub's own client waits as long. */
    private static final OutboundLimits LIMITS = new OutboundLimits(Duration.ofSeconds(10), null, 4);

    private static final int REDIRECTS = 5;
    private static final Duration PAUSE = Duration.ofSeconds(1);

    /** How soon another process goes on with what a dead one has begun, beyond the end of its claim. */
    private static final Duration LOOK_INTERVAL = Duration.ofSeconds(10);

    @Bean
    HubCache hubCache(HubProperties properties) {
        return new HubCache(properties.cache());
    }

    @Bean
    ModelPull modelPull(HubProperties properties, OutboundHttp http, HubCache cache) {
        return new ModelPull(
                new HubClient(http.toConfigured(properties.endpoint(), LIMITS, REDIRECTS), properties), cache, PAUSE);
    }

    @Bean
    @ConditionalOnRole(Role.API)
    SchedulingConfigurer hubPulls(PullLoop pulls, HubProperties properties) {
        return tasks -> {
            if (!properties.offline()) {
                tasks.addFixedDelayTask(pulls::wake, LOOK_INTERVAL);
            }
        };
    }
}
