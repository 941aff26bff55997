package dev.anneal.service.operations.retention;

import dev.anneal.service.platform.database.SystemDatabase;
import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import dev.anneal.service.storage.ArtifactKey;
import dev.anneal.service.storage.ArtifactStore;
import dev.anneal.service.storage.StorageException;
import dev.anneal.service.training.history.Checkpoints;
import dev.anneal.service.training.history.EndedJobs;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Deletes unneeded parts of an ended job's older checkpoints: those that are not annealed, and the optimizer's state of
 * the others. The newest is kept whole, because a training resumes from it, as are those that an export, an evaluation,
 * another job or another tenant uses.
 */
@Component
@ConditionalOnRole(Role.API)
final class SpentStateSweep {

    private static final Logger LOG = LoggerFactory.getLogger(SpentStateSweep.class);

    /** Its name in a checkpoint's folder. */
    private static final String OPTIMIZER = "optimizer.safetensors";

    /** An administrator's retention of a project's checkpoints takes precedence. */
    private static final String HAS_SPENT_STATES = """
            NOT EXISTS (SELECT FROM tenant_retention AS own
                        WHERE own.tenant_id = job.tenant_id AND own.intermediate_checkpoints_days IS NOT NULL)
            AND EXISTS (SELECT FROM spent_checkpoint AS spent WHERE spent.job_id = job.id)
            """;

    private final SystemDatabase system;
    private final EndedJobs ended;
    private final Checkpoints checkpoints;
    private final ArtifactStore store;
    private final RetentionListener listener;
    private final ArtifactRemoval artifacts;
    private final @Nullable Integer days;

    SpentStateSweep(
            SystemDatabase system,
            EndedJobs ended,
            Checkpoints checkpoints,
            ArtifactStore store,
            RetentionListener listener,
            RetentionProperties properties) {
        this.system = system;
        this.ended = ended;
        this.checkpoints = checkpoints;
        this.store = store;
        this.listener = listener;
        this.artifacts = new ArtifactRemoval(store, listener);
        this.days = properties.trainingStateDays();
    }

    void runOnce() {
        if (days == null) {
            return;
        }
        ended.forEach(days, HAS_SPENT_STATES, this::clear);
    }

    private void clear(long job) {
        try {
            List<Checkpoints.Pruned> pruned = system.call(() -> checkpoints.pruneUnannealed(job));
            pruned.forEach(
                    each -> artifacts.delete(each.directory(), each.bytes(), RetentionListener.Deleted.CHECKPOINT));
            strip(job);
        } catch (RuntimeException e) {
            LOG.warn("The older checkpoints of job {} could not be cleared; the next sweep tries again", job, e);
        }
    }

    /**
     * The store is asked outside of transactions, because it may take long. Before the deletion a transaction takes the
     * state from use, for which requests that resume from it wait; if the deletion fails, the next sweep finds it
     * again.
     */
    private void strip(long job) {
        for (Checkpoints.Spent spent : system.call(() -> checkpoints.spent(job))) {
            ArtifactKey folder = new ArtifactKey(spent.directory());
            long bytes = sizeOf(folder.child(OPTIMIZER));
            if (!spent.resumable() || system.call(() -> checkpoints.retire(spent, bytes))) {
                store.deleteFrom(folder, OPTIMIZER);
                system.run(() -> checkpoints.deleted(spent));
                listener.removed(RetentionListener.Deleted.TRAINING_STATE, bytes);
            }
        }
    }

    private long sizeOf(ArtifactKey file) {
        try {
            return store.size(file);
        } catch (StorageException failure) {
            if (failure.kind() == StorageException.Reason.NOT_FOUND) {
                return 0;
            }
            throw failure;
        }
    }
}
