package dev.anneal.service.files.check;

import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.SchedulingConfigurer;
import org.springframework.scheduling.config.ScheduledTaskRegistrar;

/** When checks are looked for, and when those that run are renewed. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnRole(Role.API)
class CheckSchedule implements SchedulingConfigurer {

    /** A renewal may be late or fail twice before the lease ends. */
    private static final int RENEWALS_PER_LEASE = 3;

    private final CheckLoop loop;
    private final CheckRunner runner;
    private final CheckProperties properties;

    CheckSchedule(CheckLoop loop, CheckRunner runner, CheckProperties properties) {
        this.loop = loop;
        this.runner = runner;
        this.properties = properties;
    }

    @Override
    public void configureTasks(ScheduledTaskRegistrar tasks) {
        tasks.addFixedDelayTask(loop::lookForWork, properties.checkInterval());
        tasks.addFixedDelayTask(runner::renew, properties.checkLease().dividedBy(RENEWALS_PER_LEASE));
    }
}
