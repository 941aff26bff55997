package dev.anneal.service.results.push;

import dev.anneal.service.models.hub.HubProperties;
import dev.anneal.service.platform.outbound.OutboundHttp;
import dev.anneal.service.platform.outbound.OutboundLimits;
import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import dev.anneal.service.platform.schedule.SchedulerLifecycle;
import java.time.Clock;
import java.time.Duration;
import javax.sql.DataSource;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitialization;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Processes that serve the API push as well. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnRole(Role.API)
class PushConfiguration {

    /** A Hub may think for a while about a commit; a file of 5 GB takes hours on a slow line. */
    private static final OutboundLimits LIMITS =
            new OutboundLimits(Duration.ofMinutes(1), Duration.ofHours(6), PushSchedule.CONCURRENCY);

    @Bean
    HubCalls hubCalls(OutboundHttp http, HubProperties properties) {
        return new HubCalls(http.toConfigured(properties.endpoint(), LIMITS, 0), http.toStrangers(LIMITS), properties);
    }

    @Bean
    @DependsOnDatabaseInitialization
    SchedulerLifecycle pushSchedule(@Qualifier("systemPool") DataSource pool, PushRunner runner, Clock clock) {
        return PushSchedule.of(pool, runner, clock);
    }
}
