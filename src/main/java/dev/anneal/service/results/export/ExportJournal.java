package dev.anneal.service.results.export;

import dev.anneal.protocol.Progress;
import dev.anneal.service.platform.database.SystemDatabase;
import dev.anneal.service.queue.WorkError;
import dev.anneal.service.queue.WorkState;
import dev.anneal.service.training.admission.Jobs;
import dev.anneal.service.training.history.Checkpoint;
import dev.anneal.service.training.history.Checkpoints;
import dev.anneal.service.training.history.Events;
import dev.anneal.service.training.history.JobEvent;
import dev.anneal.service.training.job.DraftTarget;
import dev.anneal.service.training.job.Job;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Reads and writes exports for the workers that hold them, within the {@code writes} of
 * {@link dev.anneal.service.queue.lease.Leases}. A failed export never fails its job.
 */
@Component
public final class ExportJournal {

    /** Folder of a tenant; no job has this id. */
    private static final String FOLDER_OF_ADAPTERS = "adapter-exports";

    private final SystemDatabase system;
    private final ExportStore store;
    private final Jobs jobs;
    private final Checkpoints checkpoints;
    private final Events events;
    private final TrainingRecords records;

    ExportJournal(
            SystemDatabase system,
            ExportStore store,
            Jobs jobs,
            Checkpoints checkpoints,
            Events events,
            TrainingRecords records) {
        this.system = system;
        this.store = store;
        this.jobs = jobs;
        this.checkpoints = checkpoints;
        this.events = events;
        this.records = records;
    }

    /** The order for claimed work of kind EXPORT. */
    public ExportOrder order(long workId) {
        return system.call(() -> {
            Export export = export(workId);
            return export.adapter()
                    .map(adapter -> order(export, adapter))
                    .orElseGet(() -> order(export, export.checkpoint().orElseThrow()));
        });
    }

    private ExportOrder order(Export export, Export.OfAdapter adapter) {
        return new ExportOrder(
                export,
                FOLDER_OF_ADAPTERS,
                export.createdAt(),
                adapter.model(),
                records.of(adapter),
                null,
                null,
                adapter.validationFile());
    }

    private ExportOrder order(Export export, Export.OfCheckpoint origin) {
        Job job = jobs.byNumber(origin.job());
        Checkpoint checkpoint =
                checkpoints.find(origin.job(), origin.checkpointId()).orElseThrow();
        return new ExportOrder(
                export,
                job.id(),
                job.createdAt(),
                job.request().model(),
                records.of(job, checkpoint.step()),
                checkpoint,
                target(export, job),
                store.lockProbeFile(export.kind(), job).orElse(null));
    }

    private @Nullable Checkpoint target(Export export, Job job) {
        DraftTarget target = job.target();
        boolean trainsHead = job.request().method().trainsHead();
        return export.kind() == ExportKind.DRAFT && trainsHead && target != null && target.checkpoint() != null
                ? checkpoints.byNumber(target.checkpoint())
                : null;
    }

    /** An export without a job has no events; its error and proof tell its history. */
    private void tell(Export export, JobEvent.Level level, String message) {
        export.checkpoint().ifPresent(origin -> events.append(origin.job(), level, message));
    }

    /**
     * The export is complete and proved: within {@link dev.anneal.service.queue.lease.Leases#succeed}.
     *
     * @param directory key of its folder in the artifact store, where it is complete
     */
    public void completed(long workId, Progress.Exported exported, String directory) {
        Export export = export(workId);
        store.complete(export.number(), exported, directory);
        tell(
                export,
                JobEvent.Level.INFO,
                "Export %s (%s) is ready: %d files"
                        .formatted(
                                export.id(),
                                export.kind().wireName(),
                                exported.files().size()));
    }

    /**
     * An attempt continues an earlier one: within {@link dev.anneal.service.queue.lease.Leases#progress}. Without
     * reused files it reports nothing.
     */
    public void continued(long workId, Progress.PartsKept parts) {
        if (parts.kept() == 0) {
            return;
        }
        Export export = export(workId);
        tell(
                export,
                JobEvent.Level.INFO,
                "Export %s (%s) goes on: %d of %d files of weights of an earlier attempt are whole and kept"
                        .formatted(export.id(), export.kind().wireName(), parts.kept(), parts.total()));
    }

    /**
     * The attempt has failed: within {@link dev.anneal.service.queue.lease.Leases#fail}, which has decided the export's
     * next state.
     */
    public void failed(long workId, WorkError error) {
        Export export = export(workId);
        String next = export.work().state() == WorkState.QUEUED ? "; it is tried again" : "; the job is not affected";
        tell(
                export,
                JobEvent.Level.WARN,
                "Export " + export.id() + " failed with " + error.code() + ": " + error.message() + next);
    }

    private Export export(long workId) {
        return store.byWork(workId)
                .orElseThrow(() -> new IllegalArgumentException("work " + workId + " belongs to no export"));
    }
}
