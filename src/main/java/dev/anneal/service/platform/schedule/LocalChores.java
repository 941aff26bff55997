package dev.anneal.service.platform.schedule;

import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.task.ThreadPoolTaskSchedulerCustomizer;
import org.springframework.scheduling.annotation.SchedulingConfigurer;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;
import org.springframework.scheduling.config.FixedDelayTask;
import org.springframework.scheduling.config.ScheduledTaskRegistrar;
import org.springframework.stereotype.Component;

/**
 * Runs the chores of this process on Spring's scheduler, which gets a thread for each of them: chores that wait for the
 * artifact store or the database keep no other waiting, such as the rescue of lost workers.
 */
@Component
final class LocalChores implements SchedulingConfigurer, ThreadPoolTaskSchedulerCustomizer {

    private final ListableBeanFactory beans;

    LocalChores(ListableBeanFactory beans) {
        this.beans = beans;
    }

    @Override
    public void customize(ThreadPoolTaskScheduler scheduler) {
        scheduler.setPoolSize(Math.max(1, beans.getBeanNamesForType(LocalChore.class).length));
    }

    @Override
    public void configureTasks(ScheduledTaskRegistrar tasks) {
        beans.getBeanProvider(LocalChore.class)
                .forEach(chore -> tasks.addFixedDelayTask(
                        new FixedDelayTask(chore.run(), chore.interval(), chore.initialDelay())));
    }
}
