package dev.anneal.service.platform.schedule;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerBuilder;
import java.time.Clock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.SmartLifecycle;

/** Runs a scheduler while the application runs. It ends beside the requests that the web server lets end, not before them. */
public final class SchedulerLifecycle implements SmartLifecycle {

    private final String name;
    private final Supplier<Scheduler> schedulers;
    private @Nullable Scheduler scheduler;

    /**
     * @param name of what the scheduler runs, for the name of the thread that waits for its end
     * @param builders one for each start, for a scheduler that was stopped does not start again. They say table, threads, intervals and how long a stop waits; how
     *     due tasks are taken and times are stored is the same for all
     */
    public SchedulerLifecycle(String name, Clock clock, Supplier<SchedulerBuilder> builders) {
        this.name = name;
        this.schedulers = () -> builders.get()
                .clock(clock::instant)
                .pollUsingLockAndFetch(0.5, 1.0)
                .alwaysPersistTimestampInUTC()
                .build();
    }

    @Override
    public synchronized void start() {
        scheduler = schedulers.get();
        scheduler.start();
    }

    /** Waits for the tasks that run, as long as the builder has said. */
    @Override
    public synchronized void stop() {
        if (scheduler != null) {
            scheduler.stop();
            scheduler = null;
        }
    }

    @Override
    public void stop(Runnable ended) {
        new Thread(
                        () -> {
                            try {
                                stop();
                            } finally {
                                ended.run();
                            }
                        },
                        name + "-end")
                .start();
    }

    @Override
    public int getPhase() {
        return WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE;
    }

    @Override
    public synchronized boolean isRunning() {
        return scheduler != null;
    }
}
