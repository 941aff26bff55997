package dev.anneal.service.results.export;

import dev.anneal.protocol.Figure;
import dev.anneal.protocol.TrainingRecord;
import dev.anneal.protocol.TrainingRecord.DataFile;
import dev.anneal.protocol.TrainingRecord.Point;
import dev.anneal.protocol.TrainingRecord.Saved;
import dev.anneal.service.files.Files;
import dev.anneal.service.files.StoredFile;
import dev.anneal.service.training.history.Checkpoints;
import dev.anneal.service.training.history.Series;
import dev.anneal.service.training.job.InitialAdapter;
import dev.anneal.service.training.job.Job;
import dev.anneal.service.training.job.JobStore;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Collects facts about a checkpoint's training for model cards. */
@Component
final class TrainingRecords {

    /** Maximum number of points of a chart. */
    private static final int POINTS = 500;

    private final Series series;
    private final Files files;
    private final JobStore jobs;
    private final Checkpoints checkpoints;

    TrainingRecords(Series series, Files files, JobStore jobs, Checkpoints checkpoints) {
        this.series = series;
        this.files = files;
        this.jobs = jobs;
        this.checkpoints = checkpoints;
    }

    /**
     * @param step step of the checkpoint
     */
    TrainingRecord of(Job job, int step) {
        String validationFile = job.request().validationFile();
        return new TrainingRecord(
                job.id(),
                job.modelName(),
                file(job.request().trainingFile()),
                validationFile == null ? null : file(validationFile),
                initialAdapter(job.initialAdapter()),
                curve(job.number(), step));
    }

    /** Record of an adapter trained elsewhere, of which only the file is known. */
    TrainingRecord of(Export.OfAdapter adapter) {
        return new TrainingRecord(
                null,
                adapter.model() + " with " + adapter.fileId(),
                null,
                null,
                new TrainingRecord.InitialAdapter(null, file(adapter.fileId())),
                List.of());
    }

    private TrainingRecord.@Nullable InitialAdapter initialAdapter(InitialAdapter.@Nullable Origin origin) {
        if (origin == null) {
            return null;
        }
        Long checkpoint = origin.checkpoint();
        String file = origin.fileId();
        return new TrainingRecord.InitialAdapter(
                checkpoint == null ? null : saved(checkpoint), file == null ? null : file(file));
    }

    private Saved saved(long number) {
        Checkpoints.OfJob found =
                checkpoints.find(checkpoints.byNumber(number).id()).orElseThrow();
        String job = jobs.byNumber(found.job()).orElseThrow().id();
        return new Saved(found.checkpoint().id(), job, found.checkpoint().step());
    }

    private DataFile file(String id) {
        return new DataFile(id, files.lockForUse(id).map(StoredFile::sha256).orElse(null));
    }

    /** Every k-th step, the last one, and all with a validation. */
    private List<Point> curve(long job, int last) {
        int every = Math.max(1, last / POINTS);
        List<Point> points = new ArrayList<>();
        series.readAll(job, row -> {
            boolean shown = row.step() % every == 0 || row.step() == last || row.validLoss() != null;
            if (row.step() <= last && shown) {
                points.add(new Point(row.step(), row.get(Figure.TRAIN_LOSS), row.validLoss(), row.beta()));
            }
        });
        return points;
    }
}
