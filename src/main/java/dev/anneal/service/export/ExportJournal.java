package dev.anneal.service.export;

import dev.anneal.protocol.Progress;
import dev.anneal.service.database.SystemDatabase;
import dev.anneal.service.history.Checkpoint;
import dev.anneal.service.history.Checkpoints;
import dev.anneal.service.history.Events;
import dev.anneal.service.history.JobEvent;
import dev.anneal.service.job.Job;
import dev.anneal.service.job.Jobs;
import dev.anneal.service.queue.WorkError;
import dev.anneal.service.queue.WorkState;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What workers publish about the exports they hold, within the {@code writes} of {@link dev.anneal.service.lease.Leases}. A failed
 * export never fails its job.
 */
public final class ExportJournal {

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

    /** What is to be done with claimed work of kind EXPORT. */
    public ExportOrder order(long workId) {
        return system.call(jdbc -> {
            Export export = export(jdbc, workId);
            Job job = jobs.byNumber(jdbc, export.job());
            Checkpoint checkpoint =
                    checkpoints.find(jdbc, export.job(), export.checkpointId()).orElseThrow();
            return new ExportOrder(
                    job.tenantId(),
                    export.id(),
                    job.id(),
                    job.createdAt(),
                    job.request().model(),
                    export.kind(),
                    export.dtype(),
                    records.of(jdbc, job, checkpoint.step()),
                    checkpoint,
                    store.lockProbeFile(jdbc, export.kind(), job).orElse(null));
        });
    }

    /**
     * The export is made and proved: within {@link dev.anneal.service.lease.Leases#succeed}.
     *
     * @param directory key of its folder in the artifact store, where it is complete
     */
    public void completed(JdbcClient jdbc, long workId, Progress.Exported exported, String directory) {
        Export export = export(jdbc, workId);
        store.complete(jdbc, export.number(), exported, directory);
        events.info(
                jdbc,
                export.job(),
                "Export %s (%s) is ready: %d files"
                        .formatted(
                                export.id(),
                                export.kind().wireName(),
                                exported.files().size()));
    }

    /** An attempt goes on from an earlier one: within {@link dev.anneal.service.lease.Leases#progress}. */
    public void continued(JdbcClient jdbc, long workId, Progress.PartsKept parts) {
        Export export = export(jdbc, workId);
        events.info(
                jdbc,
                export.job(),
                "Export %s (%s) goes on: %d of %d files of weights of an earlier attempt are whole and kept"
                        .formatted(export.id(), export.kind().wireName(), parts.kept(), parts.total()));
    }

    /** The attempt has failed: within {@link dev.anneal.service.lease.Leases#fail}, which has decided what the export becomes. */
    public void failed(JdbcClient jdbc, long workId, WorkError error) {
        Export export = export(jdbc, workId);
        String next = export.work().state() == WorkState.QUEUED ? "; it is tried again" : "; the job is not affected";
        events.append(
                jdbc,
                export.job(),
                JobEvent.Level.WARN,
                "Export " + export.id() + " failed with " + error.code() + ": " + error.message() + next);
    }

    /** Key of the export's folder in the artifact store, once it is complete. */
    public Optional<String> folder(long workId) {
        return system.call(jdbc -> Optional.ofNullable(export(jdbc, workId).result()))
                .map(Export.Result::directory);
    }

    private Export export(JdbcClient jdbc, long workId) {
        return store.byWork(jdbc, workId)
                .orElseThrow(() -> new IllegalArgumentException("work " + workId + " belongs to no export"));
    }
}
