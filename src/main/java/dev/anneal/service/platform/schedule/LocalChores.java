package dev.anneal.service.platform.schedule;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.scheduling.annotation.SchedulingConfigurer;
import org.springframework.scheduling.config.FixedDelayTask;
import org.springframework.scheduling.config.ScheduledTaskRegistrar;
import org.springframework.stereotype.Component;

/** Runs the chores of this process on Spring's scheduler, which has {@code spring.task.scheduling.pool.size} threads. */
@Component
final class LocalChores implements SchedulingConfigurer {

    private final ObjectProvider<LocalChore> chores;

    LocalChores(ObjectProvider<LocalChore> chores) {
        this.chores = chores;
    }

    @Override
    public void configureTasks(ScheduledTaskRegistrar tasks) {
        chores.forEach(chore ->
                tasks.addFixedDelayTask(new FixedDelayTask(chore.run(), chore.interval(), chore.initialDelay())));
    }
}
