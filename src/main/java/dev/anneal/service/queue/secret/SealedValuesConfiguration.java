package dev.anneal.service.queue.secret;

import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import dev.anneal.service.platform.secret.SealedColumn;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.SchedulingConfigurer;
import org.springframework.scheduling.config.FixedDelayTask;

/** Makes the room's beans. */
@Configuration(proxyBeanMethods = false)
class SealedValuesConfiguration {

    private static final Duration SWEEP_INTERVAL = Duration.ofMinutes(10);

    @Bean
    SealedColumn sealedValueColumn() {
        return SealedValues.COLUMN;
    }

    /** The API's processes do it for all. */
    @Bean
    @ConditionalOnRole(Role.API)
    SchedulingConfigurer sealedValuesSchedule(SealedValues values) {
        return tasks ->
                tasks.addFixedDelayTask(new FixedDelayTask(values::removeOfEnded, SWEEP_INTERVAL, SWEEP_INTERVAL));
    }
}
