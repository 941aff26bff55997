package dev.anneal.service.worker.assignment;

import dev.anneal.protocol.EvaluateTask;
import dev.anneal.protocol.Progress;
import dev.anneal.protocol.Task;
import dev.anneal.service.queue.lease.Claim;
import dev.anneal.service.results.evaluation.Evaluation;
import dev.anneal.service.results.evaluation.EvaluationJournal;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An attempt of an evaluation. A failure is stored only with its work, from which the evaluation's status is derived.
 */
final class EvaluationAssignment implements Assignment {

    private final Claim claim;
    private final Evaluation evaluation;
    private final EvaluateTask task;
    private final EvaluationJournal journal;
    private Progress.@Nullable Evaluated evaluated;

    EvaluationAssignment(Claim claim, Evaluation evaluation, EvaluateTask task, EvaluationJournal journal) {
        this.claim = claim;
        this.evaluation = evaluation;
        this.task = task;
        this.journal = journal;
    }

    @Override
    public Task task() {
        return task;
    }

    @Override
    public Label label() {
        return new Label(evaluation.id(), evaluation.baseModel(), claim.method(), false);
    }

    @Override
    public void store(List<Progress> events, Runnable betweenParts) {
        events.forEach(event -> {
            if (event instanceof Progress.Evaluated done) {
                evaluated = done;
            }
        });
    }

    /** The row is written in {@link #complete}. */
    @Override
    public void storeResult(Runnable betweenParts) {
        if (evaluated == null) {
            throw AssignmentException.ofMissingResult();
        }
    }

    @Override
    public void complete() {
        Progress.Evaluated done = Objects.requireNonNull(evaluated, "the result is there before the work ends");
        journal.completed(claim.lease().workId(), done);
    }
}
