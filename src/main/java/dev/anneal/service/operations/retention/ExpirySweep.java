package dev.anneal.service.operations.retention;

import dev.anneal.service.platform.database.SystemDatabase;
import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import dev.anneal.service.results.export.ExportRemoval;
import dev.anneal.service.storage.ArtifactStore;
import dev.anneal.service.training.history.Checkpoints;
import java.util.List;
import java.util.function.LongFunction;
import java.util.function.ToIntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Deletes expired checkpoints and exports: first their rows, then their artifacts, which become orphans if that fails.
 */
@Component
@ConditionalOnRole(Role.API)
final class ExpirySweep {

    private static final Logger LOG = LoggerFactory.getLogger(ExpirySweep.class);

    private final SystemDatabase system;
    private final ExpiredArtifacts expired;
    private final Checkpoints checkpoints;
    private final ExportRemoval exports;
    private final ArtifactRemoval artifacts;

    ExpirySweep(
            SystemDatabase system,
            ExpiredArtifacts expired,
            Checkpoints checkpoints,
            ExportRemoval exports,
            ArtifactStore store,
            RetentionListener listener) {
        this.system = system;
        this.expired = expired;
        this.checkpoints = checkpoints;
        this.exports = exports;
        this.artifacts = new ArtifactRemoval(store, listener);
    }

    void runOnce() {
        int exported = forEach("export", expired::exports, this::removeExport);
        int saved = forEach("checkpoints of job", expired::jobs, this::removeCheckpoints);
        if (exported + saved > 0) {
            LOG.info("{} exports and {} checkpoints have passed their retention and are deleted", exported, saved);
        }
    }

    private static int forEach(String what, LongFunction<List<Long>> batches, ToIntFunction<Long> removal) {
        int removed = 0;
        List<Long> batch = batches.apply(0);
        while (!batch.isEmpty() && !Thread.currentThread().isInterrupted()) {
            removed += batch.stream()
                    .takeWhile(id -> !Thread.currentThread().isInterrupted())
                    .mapToInt(id -> remove(what, id, removal))
                    .sum();
            batch = batches.apply(batch.get(batch.size() - 1));
        }
        return removed;
    }

    private static int remove(String what, long id, ToIntFunction<Long> removal) {
        try {
            return removal.applyAsInt(id);
        } catch (RuntimeException e) {
            LOG.warn("The {} {} could not be removed; the next sweep tries again", what, id, e);
            return 0;
        }
    }

    private int removeExport(long export) {
        List<ExportRemoval.Removed> removed =
                system.call(() -> exports.remove(export)).stream().toList();
        removed.forEach(each -> artifacts.delete(each.directory(), each.bytes(), RetentionListener.Deleted.EXPORT));
        return removed.size();
    }

    /** Keeps the newest, which the tuned model's name refers to and from which a failed job can be exported. */
    private int removeCheckpoints(long job) {
        List<Checkpoints.Pruned> pruned = system.call(() -> checkpoints.prune(job, 1));
        pruned.forEach(each -> artifacts.delete(each.directory(), each.bytes(), RetentionListener.Deleted.CHECKPOINT));
        return pruned.size();
    }
}
