package dev.anneal.service.files;

import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.SchedulingConfigurer;

/** When files are swept. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnRole(Role.API)
class FileSchedule {

    @Bean
    SchedulingConfigurer fileSweeps(FileSweeper sweeper, FileProperties properties) {
        return tasks -> tasks.addFixedDelayTask(sweeper::runOnce, properties.sweepInterval());
    }
}
