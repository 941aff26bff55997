package dev.anneal.service.files;

import dev.anneal.service.access.quota.StoredBytes;
import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import dev.anneal.service.platform.schedule.RecurringChore;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The sweep of files, and the size of a tenant's files and parts of uploads for its quota. */
@Configuration(proxyBeanMethods = false)
class FileConfiguration {

    @Bean
    @ConditionalOnRole(Role.API)
    RecurringChore fileSweep(FileSweeper sweeper, FileProperties properties) {
        return new RecurringChore("file-sweep", properties.sweepInterval(), sweeper::runOnce);
    }

    @Bean
    StoredBytes fileBytes() {
        return new StoredBytes(
                "SELECT coalesce(sum(bytes), 0) FROM file WHERE content = 'STORED' AND tenant_id = :tenant");
    }

    @Bean
    StoredBytes uploadPartBytes() {
        return new StoredBytes("SELECT coalesce(sum(bytes), 0) FROM upload_part WHERE tenant_id = :tenant");
    }
}
