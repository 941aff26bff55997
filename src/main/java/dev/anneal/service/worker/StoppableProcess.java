package dev.anneal.service.worker;

import dev.anneal.protocol.Command;
import dev.anneal.service.worker.watch.StopGrace;
import dev.anneal.service.worker.watch.StopReason;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The engine processes of an attempt, which any thread may stop, even before they have started. */
final class StoppableProcess {

    private static final Logger LOG = LoggerFactory.getLogger(StoppableProcess.class);

    private final long workId;
    private final StopGrace grace;
    private final Duration killPatience;
    private final ScheduledExecutorService timer;

    private @Nullable StopReason reason;
    private @Nullable EngineProcesses process;
    private @Nullable Future<?> graceEnd;
    private @Nullable Long killedNanos;
    private @Nullable Long shutdownNanos;

    /**
     * @param grace how long a process may take to save and exit before {@code timer} kills it
     * @param killPatience how long a killed process may take to end before it counts as stuck
     */
    StoppableProcess(long workId, StopGrace grace, Duration killPatience, ScheduledExecutorService timer) {
        this.workId = workId;
        this.grace = grace;
        this.killPatience = killPatience;
        this.timer = timer;
    }

    /** Stops the process: with a checkpoint, or at once, depending on the reason. */
    synchronized void stop(StopReason newReason) {
        boolean shutsDown = newReason == StopReason.SHUTDOWN && shutdownNanos == null;
        if (shutsDown) {
            shutdownNanos = System.nanoTime();
        }
        if (reason == null || (reason.isOrderly() && !newReason.isOrderly())) {
            reason = newReason;
            carryOutStop();
        } else if (shutsDown && process != null && reason.isOrderly()) {
            killAfter(grace.ofShutdown());
        }
    }

    /** Sets the running process, which is stopped if that was requested during its preparation. */
    synchronized void started(EngineProcesses newProcess) {
        process = newProcess;
        carryOutStop();
    }

    /**
     * Kills the process if it still runs, and returns whether it ends. Waits without the lock, so that others may stop
     * it meanwhile.
     */
    boolean close(EngineProcesses ended) throws InterruptedException {
        Duration left = endGrace(ended);
        try {
            ended.exit().get(Math.max(0, left.toNanos()), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException stuck) {
            return false;
        } catch (ExecutionException failedListener) {
            return true;
        }
    }

    /** Returns how long the process may take to end. */
    private synchronized Duration endGrace(EngineProcesses ended) {
        ended.kill();
        if (graceEnd != null) {
            graceEnd.cancel(false);
        }
        return killedNanos == null ? killPatience : killPatience.minusNanos(System.nanoTime() - killedNanos);
    }

    /** Whether it was killed and has not ended in time. */
    synchronized boolean isStuck() {
        return killedNanos != null && System.nanoTime() - killedNanos > killPatience.toNanos();
    }

    /** Why it was stopped, or null. */
    synchronized @Nullable StopReason reason() {
        return reason;
    }

    /** Whether the worker is shutting down and the grace time is over. */
    synchronized boolean isShutdownOverdue() {
        return shutdownNanos != null
                && System.nanoTime() - shutdownNanos > grace.ofShutdown().toNanos();
    }

    /** Whether it was killed. */
    synchronized boolean wasKilled() {
        return killedNanos != null;
    }

    private void carryOutStop() {
        EngineProcesses running = process;
        if (running == null || reason == null) {
            return;
        }
        if (reason.isOrderly()) {
            running.send(Command.STOP);
            killAfter(shutdownNanos == null ? grace.ofProcess() : grace.ofShutdown());
        } else {
            kill();
        }
    }

    private void killAfter(Duration time) {
        if (graceEnd != null) {
            graceEnd.cancel(false);
        }
        graceEnd = timer.schedule(this::kill, time.toMillis(), TimeUnit.MILLISECONDS);
    }

    private synchronized void kill() {
        EngineProcesses running = process;
        if (running != null && !running.haveEnded()) {
            LOG.warn("Killing engine processes {} of work {} ({})", running.pids(), workId, reason);
            if (killedNanos == null) {
                killedNanos = System.nanoTime();
            }
            running.kill();
        }
    }
}
