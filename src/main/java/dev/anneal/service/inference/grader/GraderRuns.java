package dev.anneal.service.inference.grader;

import dev.anneal.engine.grade.Grade;
import dev.anneal.engine.grade.Grader;
import dev.anneal.engine.grade.Sample;
import dev.anneal.service.access.quota.TenantSlots;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import dev.anneal.service.platform.schedule.DaemonThreads;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.springframework.stereotype.Component;

/**
 * Runs graders for requests that try them on a completion: a few at a time, at most half of them for one tenant, each
 * with a time limit.
 */
@Component
public class GraderRuns implements AutoCloseable {

    private final TenantGraders help;
    private final int mostRuns;
    private final Duration timeout;
    private final TenantSlots slots;
    private final ExecutorService threads = Executors.newCachedThreadPool(DaemonThreads.named("grader-run"));

    GraderRuns(TenantGraders help, GraderProperties properties) {
        this.help = help;
        this.mostRuns = properties.runConcurrency();
        this.slots = new TenantSlots(mostRuns, (mostRuns + 1) / 2);
        this.timeout = properties.runTimeout();
    }

    /**
     * Waits for the grade.
     *
     * @param tenantId tenant whose tuned models may judge
     * @throws Refusal {@code queue_full} while too many run, {@code service_unavailable} if this one takes too long
     */
    public Grade run(String tenantId, Grader grader, Sample sample) {
        FutureTask<Grade> run = new FutureTask<>(() -> grader.grade(sample, help.ofRun(tenantId)));
        begin(tenantId);
        threads.execute(() -> {
            try {
                run.run();
            } finally {
                // Not earlier, even if nobody waits any more: an interrupted run may continue for a while.
                slots.giveBack(tenantId);
            }
        });
        try {
            return run.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw unavailable("The grader took longer than " + timeout.toSeconds()
                    + " s (anneal.graders.run-timeout) and was stopped. Try again when the endpoints and"
                    + " models that it asks are quicker.");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable("The service stops. Try again.");
        } catch (ExecutionException e) {
            throw new IllegalStateException("a grader failed", e.getCause());
        } finally {
            run.cancel(true);
        }
    }

    private static Refusal unavailable(String message) {
        return new Refusal(RefusalCode.SERVICE_UNAVAILABLE, message);
    }

    private void begin(String tenantId) {
        if (!slots.take(tenantId)) {
            throw new Refusal(
                    RefusalCode.QUEUE_FULL,
                    ("%d graders (anneal.graders.run-concurrency), %d of one tenant, may run at a time; all of"
                                    + " these are running. Try again.")
                            .formatted(mostRuns, slots.mostOfTenant()));
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
