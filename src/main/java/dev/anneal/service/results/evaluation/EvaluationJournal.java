package dev.anneal.service.results.evaluation;

import dev.anneal.protocol.Progress;
import dev.anneal.service.platform.database.SystemDatabase;
import dev.anneal.service.results.export.Export;
import dev.anneal.service.results.export.Exports;
import dev.anneal.service.training.history.Checkpoints;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Reads and writes evaluations for the workers that hold them, within the {@code writes} of
 * {@link dev.anneal.service.queue.lease.Leases}.
 */
@Component
public final class EvaluationJournal {

    private final SystemDatabase system;
    private final EvaluationStore store;
    private final Checkpoints checkpoints;
    private final Exports exports;

    EvaluationJournal(SystemDatabase system, EvaluationStore store, Checkpoints checkpoints, Exports exports) {
        this.system = system;
        this.store = store;
        this.checkpoints = checkpoints;
        this.exports = exports;
    }

    /** The order for claimed work of kind EVALUATE. */
    public EvaluationOrder order(long workId) {
        return system.call(() -> {
            Evaluation evaluation = store.byWork(workId)
                    .orElseThrow(() -> new IllegalArgumentException("work " + workId + " belongs to no evaluation"));
            Long checkpoint = evaluation.checkpoint();
            return new EvaluationOrder(
                    evaluation,
                    checkpoint == null ? null : checkpoints.byNumber(checkpoint),
                    exportDirectory(evaluation.export()));
        });
    }

    private @Nullable String exportDirectory(@Nullable Long number) {
        if (number == null) {
            return null;
        }
        Export.Result result = exports.byNumber(number).result();
        return Objects.requireNonNull(result, "an evaluated export is complete").directory();
    }

    /** The evaluation has ended: within {@link dev.anneal.service.queue.lease.Leases#succeed}. */
    public void completed(long workId, Progress.Evaluated evaluated) {
        store.complete(workId, evaluated);
    }
}
