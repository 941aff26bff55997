package dev.anneal.service.results.export;

import dev.anneal.service.models.catalog.BaseModel;
import dev.anneal.service.models.catalog.ModelCatalog;
import dev.anneal.service.platform.database.TenantDatabase;
import dev.anneal.service.platform.paging.Page;
import dev.anneal.service.platform.paging.PageRequest;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import dev.anneal.service.queue.WorkError;
import dev.anneal.service.queue.WorkState;
import dev.anneal.service.training.admission.Jobs;
import dev.anneal.service.training.admission.UploadedAdapter;
import dev.anneal.service.training.admission.UploadedAdapters;
import dev.anneal.service.training.history.Checkpoint;
import dev.anneal.service.training.history.Checkpoints;
import dev.anneal.service.training.history.Events;
import dev.anneal.service.training.job.Job;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Creates, finds and lists exports for clients, of jobs and of uploaded adapters. */
@Component
public final class Exports {

    private final TenantDatabase database;
    private final Jobs jobs;
    private final Checkpoints checkpoints;
    private final ExportStore store;
    private final Events events;
    private final ModelCatalog models;
    private final UploadedAdapters adapters;

    Exports(
            TenantDatabase database,
            Jobs jobs,
            Checkpoints checkpoints,
            ExportStore store,
            Events events,
            ModelCatalog models,
            UploadedAdapters adapters) {
        this.database = database;
        this.jobs = jobs;
        this.checkpoints = checkpoints;
        this.store = store;
        this.events = events;
        this.models = models;
        this.adapters = adapters;
    }

    /** Creates an export of a job, or returns the earlier one with the same arguments if it has not failed. */
    public Export create(String tenantId, String jobId, ExportRequest request, @Nullable String traceparent) {
        return database.call(tenantId, () -> {
            Job job = jobs.require(jobId);
            ExportRequest formed = ExportForms.checked(job, request);
            store.lockJob(job.number());
            Checkpoint checkpoint = checkpoint(job, formed);
            if (formed.kind().isDeployable()) {
                requireAnnealed(job, checkpoint);
            } else {
                requireResumable(job, checkpoint);
            }
            ExportStore.NewExport export = new ExportStore.NewExport(
                    tenantId,
                    formed,
                    job.number(),
                    checkpoint.number(),
                    job.request().model(),
                    job.baseRevision());
            return store.same(export).orElseGet(() -> create(job, checkpoint, export, traceparent));
        });
    }

    /**
     * Creates an export of an uploaded adapter with the base model's current commit, or returns the earlier one with
     * the same arguments and commit if it has not failed.
     */
    public Export create(String tenantId, ExportRequest request, @Nullable String traceparent) {
        Export.OfAdapter origin = Objects.requireNonNull(request.adapter(), "the request names an adapter");
        BaseModel model = models.require(origin.model());
        UploadedAdapter adapter = adapters.read(tenantId, "adapter", origin.fileId(), model);
        return database.call(tenantId, () -> {
            adapters.require("adapter", adapter, model);
            store.lockValidationFile(origin.validationFile());
            store.lockAdapter(origin.fileId());
            ExportStore.NewExport export =
                    new ExportStore.NewExport(tenantId, request, null, null, model.id(), model.revision());
            return store.same(export).orElseGet(() -> store.create(export, traceparent));
        });
    }

    private Checkpoint checkpoint(Job job, ExportRequest request) {
        String id = request.checkpointId();
        if (id != null) {
            return checkpoints
                    .find(job.number(), id)
                    .orElseThrow(() -> Refusal.invalidValue(
                            "checkpoint",
                            "'checkpoint' must be the id of a checkpoint of " + job.id() + " but is '" + id
                                    + "'; see /v1/fine_tuning/jobs/" + job.id() + "/checkpoints"));
        }
        return checkpoints
                .newest(job.number())
                .orElseThrow(() -> new Refusal(
                        RefusalCode.EXPORT_NOT_READY,
                        job.id() + " is " + job.state().wireName() + " and has saved no checkpoint"
                                + withoutCheckpoint(job)));
    }

    private static String withoutCheckpoint(Job job) {
        WorkError error = job.work().error();
        boolean isResumable =
                job.state() == WorkState.FAILED && error != null && error.origin() == WorkError.Origin.SYSTEM;
        if (isResumable || job.state() == WorkState.PAUSED) {
            return " to export; resume it, and ask again when it has";
        }
        return job.state().isFinal()
                ? ", so there is nothing to export; create a job anew"
                : " to export; ask again when it has";
    }

    private static void requireAnnealed(Job job, Checkpoint checkpoint) {
        if (checkpoint.isMergeable() || job.isLinear()) {
            return;
        }
        throw new Refusal(
                RefusalCode.ADAPTER_NOT_ANNEALED,
                String.format(
                        Locale.ROOT,
                        "The adapter of checkpoint %s has beta %.6f at step %d, so no linear weights equal it; beta"
                                + " becomes 0 at step %d. Export a checkpoint from there on, or kind 'training_state',"
                                + " which is no model to be served",
                        checkpoint.id(),
                        checkpoint.beta(),
                        checkpoint.step(),
                        job.annealedAtStep()),
                "checkpoint");
    }

    private static void requireResumable(Job job, Checkpoint checkpoint) {
        if (!checkpoint.resumable()) {
            throw new Refusal(
                    RefusalCode.TRAINING_STATE_DELETED,
                    ("The optimizer's state of checkpoint %s at step %d was deleted after the end of %s"
                                    + " (anneal.retention.training-states), so no training can go on from it. Export"
                                    + " its weights, or the training state of the job's newest checkpoint")
                            .formatted(checkpoint.id(), checkpoint.step(), job.id()),
                    "checkpoint");
        }
    }

    private Export create(Job job, Checkpoint checkpoint, ExportStore.NewExport export, @Nullable String traceparent) {
        store.lockProbeFile(export.request().kind(), job);
        Export created = store.create(export, traceparent);
        events.info(
                job.number(),
                "Export %s (%s) of the checkpoint at step %d requested"
                        .formatted(created.id(), created.kind().wireName(), checkpoint.step()));
        return created;
    }

    /** @param jobId null for an export of an uploaded adapter */
    public Export find(String tenantId, @Nullable String jobId, String exportId) {
        return database.call(tenantId, () -> {
            Long job = number(jobId);
            return store.byId(exportId)
                    .filter(export -> export.isOf(job))
                    .orElseThrow(() -> Refusal.notFound("export", exportId, "export_id"));
        });
    }

    private @Nullable Long number(@Nullable String jobId) {
        return jobId == null ? null : (Long) jobs.require(jobId).number();
    }

    /** The export, with the role of the caller's transaction. It is not removed before the end of the transaction. */
    public Optional<Export> lockForUse(String exportId) {
        return store.lockForUse(exportId);
    }

    /** The export with an internal key that some row refers to. */
    public Export byNumber(long number) {
        return store.byNumber(number)
                .orElseThrow(() -> new IllegalArgumentException("there is no export with the key " + number));
    }

    /**
     * A page of exports, newest first unless the request says otherwise.
     *
     * @param jobId null for the exports of uploaded adapters
     */
    public Page<Export> list(String tenantId, @Nullable String jobId, PageRequest request) {
        return database.call(tenantId, () -> {
            Long job = number(jobId);
            String after = request.after();
            if (after != null && !isCursor(job, after)) {
                throw Refusal.invalidCursor(
                        job == null ? "an export of an uploaded adapter" : "an export of this job", after);
            }
            return Page.of(store.page(job, request), request);
        });
    }

    /** A page may also begin after an export that retention has removed. */
    private boolean isCursor(@Nullable Long job, String after) {
        return store.byId(after).map(export -> export.isOf(job)).orElseGet(() -> ExportRemoval.mayBeRemoved(after));
    }
}
