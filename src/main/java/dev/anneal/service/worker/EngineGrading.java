package dev.anneal.service.worker;

import dev.anneal.protocol.GradingReply;
import dev.anneal.protocol.Progress;
import dev.anneal.service.inference.grader.GradingAnswers;
import dev.anneal.service.platform.process.EngineProcess;
import dev.anneal.service.platform.schedule.DaemonThreads;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the questions of one process's graders, on a separate thread because models and endpoints may be slow. A
 * process has one open question at a time: a new question means that it has given up the previous one, which is
 * cancelled.
 */
final class EngineGrading implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EngineGrading.class);

    private final GradingAnswers answers;
    private final CompletableFuture<EngineProcess> process = new CompletableFuture<>();
    private final ExecutorService thread = Executors.newSingleThreadExecutor(DaemonThreads.named("engine-grading"));
    private Future<?> open = CompletableFuture.completedFuture(null);

    EngineGrading(GradingAnswers answers) {
        this.answers = answers;
    }

    /** Sets the process to answer. Questions may have arrived before. */
    void serve(EngineProcess asking) {
        process.complete(asking);
    }

    /** Returns at once. */
    synchronized void take(Progress.Asked asked) {
        open.cancel(true);
        try {
            open = thread.submit(() -> send(answer(asked)));
        } catch (RejectedExecutionException e) {
            LOG.debug("Question {} arrived when its process was ending", asked.id(), e);
        }
    }

    private void send(GradingReply reply) {
        try {
            process.get().send(reply);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new IllegalStateException("a process is always given as it is", e);
        }
    }

    private GradingReply answer(Progress.Asked asked) {
        try {
            return answers.answer(asked.id(), asked.asked());
        } catch (RuntimeException e) {
            LOG.error("A question of a training's grader failed; its completions get no grade", e);
            return failed(asked, "the worker's call failed (" + e.getClass().getSimpleName() + "); its log says why");
        }
    }

    private static GradingReply failed(Progress.Asked asked, String failure) {
        return new GradingReply(asked.id(), asked.asked().failed(failure));
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
