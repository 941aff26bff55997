package dev.anneal.service.worker;

import dev.anneal.service.platform.schedule.DaemonThreads;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ExitCodeGenerator;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.SmartLifecycle;

/** Starts the worker when the service is ready, and stops it while the web server finishes its requests. */
final class WorkerLifecycle implements SmartLifecycle, ExitCodeGenerator {

    private final Supplier<Supervisor> supervisors;
    private @Nullable Supervisor current;
    private int exitCode;

    WorkerLifecycle(Supplier<Supervisor> supervisors) {
        this.supervisors = supervisors;
    }

    @Override
    public synchronized void start() {
        Supervisor supervisor = supervisors.get();
        current = supervisor;
        supervisor.start();
    }

    @Override
    public void stop(Runnable callback) {
        DaemonThreads.start("worker-stop", () -> {
            stop();
            callback.run();
        });
    }

    @Override
    public synchronized void stop() {
        if (current != null) {
            Supervisor supervisor = Objects.requireNonNull(current);
            exitCode = supervisor.exitCode(supervisor.stop());
            current = null;
        }
    }

    @Override
    public synchronized boolean isRunning() {
        return current != null;
    }

    /** 0 if all work was given back; with {@code anneal.worker.max-work} the last item's code. */
    @Override
    public synchronized int getExitCode() {
        return exitCode;
    }

    @Override
    public int getPhase() {
        return WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE;
    }
}
