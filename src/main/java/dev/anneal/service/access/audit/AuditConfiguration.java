package dev.anneal.service.access.audit;

import dev.anneal.service.platform.database.SystemDatabase;
import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import dev.anneal.service.platform.schedule.RecurringChore;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
@ConditionalOnRole(Role.API)
class AuditConfiguration {

    private static final Logger LOG = LoggerFactory.getLogger(AuditConfiguration.class);

    @Bean
    RecurringChore auditLogSweep(SystemDatabase database, AuditRows rows, AuditProperties properties) {
        return new RecurringChore("audit-log-sweep", Duration.ofHours(1), () -> {
            long forgotten = database.deleteInBatches(most -> rows.forget(properties.retention(), most));
            if (forgotten > 0) {
                LOG.info("{} entries of the audit log have passed anneal.audit.retention and are gone", forgotten);
            }
        });
    }
}
