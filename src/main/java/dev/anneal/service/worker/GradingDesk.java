package dev.anneal.service.worker;

import dev.anneal.protocol.GradingQuestion;
import dev.anneal.protocol.GradingReply;
import dev.anneal.protocol.Progress;
import dev.anneal.service.grader.GradingAnswers;
import dev.anneal.service.process.EngineProcess;
import java.util.Collections;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers what the graders of one process ask, each question on a thread of its own, since models and endpoints take their time. */
final class GradingDesk implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(GradingDesk.class);

    private final String tenantId;
    private final GradingAnswers answers;
    private final CompletableFuture<EngineProcess> process = new CompletableFuture<>();
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "grading-desk");
        thread.setDaemon(true);
        return thread;
    });

    GradingDesk(String tenantId, GradingAnswers answers) {
        this.tenantId = tenantId;
        this.answers = answers;
    }

    /** Whom to answer. Questions may have come before. */
    void serve(EngineProcess asking) {
        process.complete(asking);
    }

    /** Returns at once. */
    void take(Progress.Asked asked) {
        threads.execute(() -> send(answer(asked)));
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
            return answers.answer(tenantId, asked.id(), asked.asked());
        } catch (RuntimeException e) {
            LOG.error("A question of a training's grader failed; the completions in question get no grade", e);
            int questions = asked.asked() instanceof GradingQuestion.OfModel ofModel
                    ? ofModel.conversations().size()
                    : ((GradingQuestion.OfEndpoint) asked.asked()).completions().size();
            GradingReply.Answer failed = new GradingReply.Answer(
                    null, null, 0, "the worker could not ask (" + e.getClass().getSimpleName() + "); its log says why");
            return new GradingReply(asked.id(), Collections.nCopies(questions, failed));
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
