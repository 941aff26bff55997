package dev.anneal.service.files.upload;

import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.SchedulingConfigurer;

/** When uploads are swept. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnRole(Role.API)
class UploadSchedule {

    @Bean
    SchedulingConfigurer uploadSweeps(UploadSweeper sweeper, UploadProperties properties) {
        return tasks -> tasks.addFixedDelayTask(sweeper::runOnce, properties.sweepInterval());
    }
}
