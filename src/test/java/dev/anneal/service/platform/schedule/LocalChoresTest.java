package dev.anneal.service.platform.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskSchedulingAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.EnableScheduling;

/** Chores of one process and how they delay each other. */
class LocalChoresTest {

    private static final int STUCK_CHORES = 12;

    /** As while an artifact store hangs. */
    @Test
    void choresThatWaitKeepNoOtherWaiting() {
        CountDownLatch store = new CountDownLatch(1);
        CountDownLatch rescues = new CountDownLatch(3);
        ApplicationContextRunner runner = new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(TaskSchedulingAutoConfiguration.class))
                .withUserConfiguration(Scheduling.class, LocalChores.class);
        for (int n = 0; n < STUCK_CHORES; n++) {
            runner = runner.withBean("stuck" + n, LocalChore.class, () -> chore(() -> await(store)));
        }
        runner.withBean("rescue", LocalChore.class, () -> chore(rescues::countDown))
                .run(context -> {
                    try {
                        assertThat(rescues.await(10, TimeUnit.SECONDS)).isTrue();
                    } finally {
                        store.countDown();
                    }
                });
    }

    private static LocalChore chore(Runnable run) {
        return new LocalChore(Duration.ofMillis(20), run);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableScheduling
    static class Scheduling {}
}
