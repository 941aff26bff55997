package dev.anneal.service.files;

import dev.anneal.service.access.quota.StoredBytes;
import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.SchedulingConfigurer;

/** When files are swept, and what a tenant's files and the parts of its uploads count for in its quota. */
@Configuration(proxyBeanMethods = false)
class FileConfiguration {

    @Bean
    @ConditionalOnRole(Role.API)
    SchedulingConfigurer fileSweeps(FileSweeper sweeper, FileProperties properties) {
        return tasks -> tasks.addFixedDelayTask(sweeper::runOnce, properties.sweepInterval());
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
