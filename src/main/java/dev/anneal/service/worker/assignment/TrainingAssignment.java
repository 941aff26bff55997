package dev.anneal.service.worker.assignment;

import dev.anneal.protocol.Progress;
import dev.anneal.protocol.Task;
import dev.anneal.protocol.TrainTask;
import dev.anneal.service.files.FileIntake;
import dev.anneal.service.files.FilePurpose;
import dev.anneal.service.files.ReceivedFile;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import dev.anneal.service.queue.WorkError;
import dev.anneal.service.queue.lease.Claim;
import dev.anneal.service.storage.ArtifactKey;
import dev.anneal.service.storage.ArtifactStore;
import dev.anneal.service.storage.StorageException;
import dev.anneal.service.training.job.Job;
import dev.anneal.service.training.journal.TrainingJournal;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An attempt of a training. Its checkpoints are in a separate folder, whose name contains the fencing token. */
final class TrainingAssignment implements Assignment {

    private static final Logger LOG = LoggerFactory.getLogger(TrainingAssignment.class);

    private final Claim claim;
    private final Job job;
    private final TrainTask task;
    private final ArtifactKey folder;
    private final TrainingJournal journal;
    private final ArtifactStore store;
    private final FileIntake files;
    private final int keptCheckpoints;
    private List<String> forgotten = List.of();
    private @Nullable ReceivedFile result;

    TrainingAssignment(Claim claim, Job job, TrainTask task, ArtifactKey folder, Publication publication) {
        this.claim = claim;
        this.job = job;
        this.task = task;
        this.folder = folder;
        this.journal = publication.journal();
        this.store = publication.store();
        this.files = publication.files();
        this.keptCheckpoints = publication.keptCheckpoints();
    }

    /**
     * Where trainings publish progress and results.
     *
     * @param keptCheckpoints how many of a job's newest checkpoints are kept
     */
    record Publication(TrainingJournal journal, ArtifactStore store, FileIntake files, int keptCheckpoints) {}

    @Override
    public Task task() {
        return task;
    }

    @Override
    public Label label() {
        return new Label(job.id(), job.request().model(), claim.method(), true);
    }

    @Override
    public void store(List<Progress> events, Runnable betweenParts) {
        for (Progress event : events) {
            if (event instanceof Progress.CheckpointSaved saved) {
                publish(key(saved.directory()), betweenParts);
            } else if (event instanceof Progress.AnswersSaved saved) {
                publish(key(saved.directory()), betweenParts);
            }
        }
    }

    private void publish(ArtifactKey written, Runnable betweenParts) {
        try {
            store.publish(written, betweenParts);
        } catch (StorageException failure) {
            throw AssignmentException.of(failure);
        }
    }

    @Override
    public void write(List<Progress> events) {
        forgotten = journal.write(workId(), events, directory -> key(directory).value(), keptCheckpoints);
    }

    @Override
    public void written() {
        forgotten.forEach(directory -> delete(new ArtifactKey(directory)));
        forgotten = List.of();
    }

    /** Stores it under an id that is not visible before {@link #complete}. */
    @Override
    public void storeResult(Runnable betweenParts) {
        if (result != null) {
            return;
        }
        try {
            result = ResultFile.store(
                    lines -> journal.writeResult(workId(), lines),
                    content -> files.receive(job.tenantId(), "step_metrics_" + job.id() + ".csv", content));
        } catch (StorageException failure) {
            throw AssignmentException.of(failure);
        } catch (Refusal refusal) {
            String code = refusal.code().wireName();
            throw new AssignmentException(
                    refusal.code() == RefusalCode.STORAGE_FULL
                            ? WorkError.ofEnvironment(code, refusal.explanation())
                            : WorkError.ofSystem(code, refusal.explanation()),
                    refusal);
        }
    }

    @Override
    public void complete() {
        ReceivedFile stored = Objects.requireNonNull(result, "the result is stored before the work ends");
        files.complete(stored, FilePurpose.FINE_TUNE_RESULTS);
        journal.completed(workId(), stored.id());
    }

    @Override
    public void failed(WorkError error) {
        journal.failed(workId(), error);
    }

    @Override
    public void givenBack() {
        journal.givenBack(workId());
    }

    private void delete(ArtifactKey key) {
        try {
            store.delete(key);
        } catch (StorageException e) {
            LOG.warn("Job {} no longer needs {}, which could not be removed and only takes up space", job.id(), key, e);
        }
    }

    /** Of a folder that the engine has written to that of the attempt. */
    private ArtifactKey key(String directory) {
        return folder.child(Path.of(directory).getFileName().toString());
    }

    private long workId() {
        return claim.lease().workId();
    }
}
