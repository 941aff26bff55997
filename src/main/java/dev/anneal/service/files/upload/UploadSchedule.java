package dev.anneal.service.files.upload;

import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import dev.anneal.service.platform.schedule.RecurringChore;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The sweep of uploads. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnRole(Role.API)
class UploadSchedule {

    @Bean
    RecurringChore uploadSweep(UploadSweeper sweeper, UploadProperties properties) {
        return new RecurringChore("upload-sweep", properties.sweepInterval(), sweeper::runOnce);
    }
}
