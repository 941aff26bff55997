package dev.anneal.service.results.export;

import dev.anneal.service.files.Files;
import dev.anneal.service.models.catalog.BaseModel;
import dev.anneal.service.models.catalog.ModelCatalog;
import dev.anneal.service.platform.database.Identifiers;
import dev.anneal.service.platform.database.TenantDatabase;
import dev.anneal.service.platform.paging.Page;
import dev.anneal.service.platform.paging.PageRequest;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.queue.NewWork;
import dev.anneal.service.queue.WorkKind;
import dev.anneal.service.queue.WorkQueue;
import dev.anneal.service.training.job.UploadedAdapters;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Exports of adapters that clients have uploaded, without a job. */
@Component
public final class AdapterExports {

    private final TenantDatabase database;
    private final ModelCatalog models;
    private final UploadedAdapters adapters;
    private final Files files;
    private final ExportStore store;
    private final WorkQueue queue;
    private final Identifiers identifiers;

    AdapterExports(
            TenantDatabase database,
            ModelCatalog models,
            UploadedAdapters adapters,
            Files files,
            ExportStore store,
            WorkQueue queue,
            Identifiers identifiers) {
        this.database = database;
        this.models = models;
        this.adapters = adapters;
        this.files = files;
        this.store = store;
        this.queue = queue;
        this.identifiers = identifiers;
    }

    /**
     * Begins an export with the base model as it is now; answers the earlier one if the same arguments made it before of the same commit and it has not
     * failed.
     */
    public Export create(String tenantId, AdapterExportRequest request, @Nullable String traceparent) {
        return database.call(tenantId, () -> {
            Export.OfAdapter origin = request.origin();
            BaseModel model = models.require(origin.model());
            adapters.require("adapter", origin.fileId(), model);
            String validationFile = origin.validationFile();
            if (validationFile != null) {
                files.requireChecked("validation_file", validationFile);
            }
            store.lockAdapter(origin.fileId());
            ExportStore.OfModel wanted = new ExportStore.OfModel(request, model.revision());
            return store.same(wanted).orElseGet(() -> insert(tenantId, wanted, traceparent));
        });
    }

    private Export insert(String tenantId, ExportStore.OfModel wanted, @Nullable String traceparent) {
        long work = queue.enqueue(new NewWork(
                tenantId,
                WorkKind.EXPORT,
                wanted.request().form().kind().wireName(),
                NewWork.DEFAULT_PRIORITY,
                traceparent,
                NewWork.model(wanted.request().origin().model(), wanted.revision())));
        String id = identifiers.next("ftexp-");
        store.insert(tenantId, id, work, wanted);
        return store.byId(id).orElseThrow();
    }

    /** A page of the tenant's exports of uploaded adapters, newest first unless the request says otherwise. */
    public Page<Export> list(String tenantId, PageRequest request) {
        return database.call(tenantId, () -> {
            String after = request.after();
            if (after != null && !isCursor(after)) {
                throw Refusal.invalidCursor("an export of an uploaded adapter", after);
            }
            return Page.of(store.pageOfAdapters(request), request);
        });
    }

    /** As that of {@link Exports}. */
    private boolean isCursor(String after) {
        return store.byId(after)
                .map(export -> export.adapter().isPresent())
                .orElseGet(() -> ExportRemoval.mayBeRemoved(after));
    }

    private Optional<Export> ofAdapter(String exportId) {
        return store.byId(exportId).filter(export -> export.adapter().isPresent());
    }

    /** An export of an uploaded adapter. */
    public Export find(String tenantId, String exportId) {
        return database.call(
                tenantId,
                () -> ofAdapter(exportId).orElseThrow(() -> Refusal.notFound("export", exportId, "export_id")));
    }
}
