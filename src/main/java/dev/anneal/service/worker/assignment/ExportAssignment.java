package dev.anneal.service.worker.assignment;

import dev.anneal.protocol.ExportTask;
import dev.anneal.protocol.Progress;
import dev.anneal.protocol.Task;
import dev.anneal.service.queue.WorkError;
import dev.anneal.service.queue.lease.Claim;
import dev.anneal.service.results.export.ExportJournal;
import dev.anneal.service.results.export.ExportOrder;
import dev.anneal.service.storage.ArtifactKey;
import dev.anneal.service.storage.ArtifactStore;
import dev.anneal.service.storage.StorageException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** An attempt of an export. It becomes visible with its proof, in the transaction that ends the work. */
final class ExportAssignment implements Assignment {

    private final Claim claim;
    private final ExportOrder order;
    private final ExportTask task;
    private final ArtifactKey folder;
    private final ExportJournal journal;
    private final ArtifactStore store;
    private Progress.@Nullable Exported exported;
    private boolean published;

    ExportAssignment(
            Claim claim,
            ExportOrder order,
            ExportTask task,
            ArtifactKey folder,
            ExportJournal journal,
            ArtifactStore store) {
        this.claim = claim;
        this.order = order;
        this.task = task;
        this.folder = folder;
        this.journal = journal;
        this.store = store;
    }

    @Override
    public Task task() {
        return task;
    }

    @Override
    public Label label() {
        return new Label(order.export().id(), order.model(), claim.method(), false);
    }

    @Override
    public void store(List<Progress> events, Runnable betweenParts) {
        events.forEach(event -> {
            if (event instanceof Progress.Exported done) {
                exported = done;
            }
        });
    }

    @Override
    public void write(List<Progress> events) {
        events.forEach(event -> {
            if (event instanceof Progress.PartsKept kept) {
                journal.continued(claim.lease().workId(), kept);
            }
        });
    }

    @Override
    public void storeResult(Runnable betweenParts) {
        if (published) {
            return;
        }
        if (exported == null) {
            throw AssignmentException.ofMissingResult();
        }
        try {
            store.publish(folder, betweenParts);
        } catch (StorageException failure) {
            throw AssignmentException.of(failure);
        }
        published = true;
    }

    @Override
    public void complete() {
        Progress.Exported done = Objects.requireNonNull(exported, "the result is there before the work ends");
        journal.completed(claim.lease().workId(), done, folder.value());
    }

    @Override
    public void failed(WorkError error) {
        journal.failed(claim.lease().workId(), error);
    }
}
