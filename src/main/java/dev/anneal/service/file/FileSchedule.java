package dev.anneal.service.file;

import dev.anneal.service.role.ConditionalOnRole;
import dev.anneal.service.role.Role;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.SchedulingConfigurer;
import org.springframework.scheduling.config.ScheduledTaskRegistrar;

/** When the chores about files are done. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnRole(Role.API)
class FileSchedule implements SchedulingConfigurer {

    /** A renewal may be late or fail twice before the lease ends. */
    private static final int RENEWALS_PER_LEASE = 3;

    private final FileSweeper sweeper;
    private final CheckLoop loop;
    private final CheckRunner runner;
    private final FileProperties properties;

    FileSchedule(FileSweeper sweeper, CheckLoop loop, CheckRunner runner, FileProperties properties) {
        this.sweeper = sweeper;
        this.loop = loop;
        this.runner = runner;
        this.properties = properties;
    }

    @Override
    public void configureTasks(ScheduledTaskRegistrar tasks) {
        tasks.addFixedDelayTask(sweeper::runOnce, properties.sweepInterval());
        tasks.addFixedDelayTask(loop::lookForWork, properties.checkInterval());
        tasks.addFixedDelayTask(runner::renew, properties.checkLease().dividedBy(RENEWALS_PER_LEASE));
    }
}
