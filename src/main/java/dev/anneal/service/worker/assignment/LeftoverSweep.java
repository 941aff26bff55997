package dev.anneal.service.worker.assignment;

import dev.anneal.service.queue.FinishedWork;
import dev.anneal.service.queue.Work;
import dev.anneal.service.queue.WorkError;
import dev.anneal.service.results.export.ExportJournal;
import dev.anneal.service.results.export.ExportOrder;
import dev.anneal.service.storage.ArtifactKey;
import dev.anneal.service.storage.ArtifactStore;
import dev.anneal.service.training.job.Job;
import dev.anneal.service.training.journal.TrainingJournal;
import dev.anneal.service.training.journal.TrainingOrder;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes files of attempts that no row refers to: of lost workers, failed attempts and killed processes. Running and
 * recently ended work is skipped, because a disconnected worker may still have a process that writes.
 */
final class LeftoverSweep {

    private static final Logger LOG = LoggerFactory.getLogger(LeftoverSweep.class);

    /** Far longer than a worker takes to notice the loss of its lease and to end its process. */
    private static final Duration AGE = Duration.ofHours(1);

    private final FinishedWork finished;
    private final TrainingJournal trainings;
    private final ExportJournal exports;
    private final ArtifactStore store;

    LeftoverSweep(FinishedWork finished, TrainingJournal trainings, ExportJournal exports, ArtifactStore store) {
        this.finished = finished;
        this.trainings = trainings;
        this.exports = exports;
        this.store = store;
    }

    void runOnce() {
        Optional<FinishedWork.Item> next = finished.next(0, AGE);
        while (next.isPresent()) {
            FinishedWork.Item item = next.get();
            sweep(item);
            next = finished.next(item.id(), AGE);
        }
    }

    private void sweep(FinishedWork.Item item) {
        try {
            switch (item.kind()) {
                case TRAIN -> sweepTraining(item);
                case EXPORT -> sweepExport(item);
                case EVALUATE -> {}
            }
            finished.swept(item);
        } catch (RuntimeException e) {
            LOG.warn("Leftover files of work {} could not be removed; the next sweep tries again", item.id(), e);
        }
    }

    private void sweepTraining(FinishedWork.Item item) {
        TrainingOrder order = trainings.order(item.id());
        Job job = order.job();
        Stream<String> checkpoints = trainings.checkpointFolders(item.id()).stream();
        Stream<String> answers = mayBeResumed(job.work()) ? Stream.ofNullable(order.targetAnswers()) : Stream.empty();
        List<ArtifactKey> used =
                Stream.concat(checkpoints, answers).map(ArtifactKey::new).toList();
        for (long token = 1; token <= item.attempts(); token++) {
            store.deleteWithin(ClaimedAssignments.attempt(job, token), "", used);
        }
    }

    private static boolean mayBeResumed(Work ended) {
        WorkError error = ended.error();
        return error != null && error.origin() != WorkError.Origin.USER;
    }

    private void sweepExport(FinishedWork.Item item) {
        ExportOrder order = exports.order(item.id());
        List<ArtifactKey> used = Stream.ofNullable(order.export().result())
                .map(result -> new ArtifactKey(result.directory()))
                .toList();
        store.deleteWithin(ClaimedAssignments.jobFolder(order), order.export().id() + "-", used);
    }
}
