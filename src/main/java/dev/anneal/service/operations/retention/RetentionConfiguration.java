package dev.anneal.service.operations.retention;

import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import dev.anneal.service.platform.schedule.RecurringChore;
import dev.anneal.service.training.history.PastHistory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
@ConditionalOnRole(Role.API)
class RetentionConfiguration {

    private static final Logger LOG = LoggerFactory.getLogger(RetentionConfiguration.class);

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

    @Bean
    RecurringChore historyRetention(PastHistory history, RetentionProperties properties) {
        Integer days = properties.historyDays();
        return new RecurringChore("history-retention", properties.interval(), () -> {
            long forgotten = days == null ? 0 : history.forget(days);
            if (forgotten > 0) {
                LOG.info("{} rows of the history of jobs have passed anneal.retention.history and are gone", forgotten);
            }
        });
    }
}
