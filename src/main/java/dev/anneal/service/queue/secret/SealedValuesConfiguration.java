package dev.anneal.service.queue.secret;

import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import dev.anneal.service.platform.schedule.RecurringChore;
import dev.anneal.service.platform.secret.SealedColumn;
import java.time.Duration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Beans of this room. */
@Configuration(proxyBeanMethods = false)
class SealedValuesConfiguration {

    @Bean
    SealedColumn sealedValueColumn() {
        return SealedValues.COLUMN;
    }

    @Bean
    @ConditionalOnRole(Role.API)
    RecurringChore sealedValueSweep(SealedValues values) {
        return new RecurringChore("sealed-value-sweep", Duration.ofMinutes(10), values::removeOfEnded);
    }
}
