package dev.anneal.service.operations.retention;

import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import dev.anneal.service.platform.schedule.RecurringChore;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
@ConditionalOnRole(Role.API)
class RetentionConfiguration {

    @Bean
    RecurringChore retention(
            ExpirySweep expiry, SpentStateSweep spent, OrphanSweep orphans, RetentionProperties properties) {
        return new RecurringChore("retention", properties.interval(), () -> {
            try {
                expiry.runOnce();
                spent.runOnce();
            } finally {
                orphans.runOnce();
            }
        });
    }
}
