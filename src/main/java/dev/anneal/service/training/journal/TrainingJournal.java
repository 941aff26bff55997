package dev.anneal.service.training.journal;

import dev.anneal.protocol.Figure;
import dev.anneal.protocol.Progress;
import dev.anneal.protocol.TrainingSettings;
import dev.anneal.service.platform.database.SystemDatabase;
import dev.anneal.service.queue.WorkError;
import dev.anneal.service.queue.WorkKind;
import dev.anneal.service.queue.lease.Rescue;
import dev.anneal.service.queue.lease.RescueListener;
import dev.anneal.service.training.history.Checkpoints;
import dev.anneal.service.training.history.Events;
import dev.anneal.service.training.history.JobEvent;
import dev.anneal.service.training.history.ResultCsv;
import dev.anneal.service.training.history.Samples;
import dev.anneal.service.training.history.Series;
import dev.anneal.service.training.job.DraftTarget;
import dev.anneal.service.training.job.InitialAdapter;
import dev.anneal.service.training.job.Job;
import dev.anneal.service.training.job.JobStore;
import dev.anneal.service.training.job.TunedModels;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Publication of trainings by workers. All methods but {@link #order} must run within the {@code writes} of a call of
 * {@link dev.anneal.service.queue.lease.Leases}, so that a worker that has lost its lease publishes nothing.
 */
@Component
public final class TrainingJournal implements RescueListener {

    /** If this many in a row are damaged, the store itself is, and older ones would not help. */
    private static final int RESUMABLE = 3;

    private final SystemDatabase system;
    private final JobStore store;
    private final Events jobEvents;
    private final Series series;
    private final Samples samples;
    private final Checkpoints checkpoints;
    private final TunedModels models;

    TrainingJournal(
            SystemDatabase system,
            JobStore store,
            Events jobEvents,
            Series series,
            Samples samples,
            Checkpoints checkpoints,
            TunedModels models) {
        this.system = system;
        this.store = store;
        this.jobEvents = jobEvents;
        this.series = series;
        this.samples = samples;
        this.checkpoints = checkpoints;
        this.models = models;
    }

    /** The order for claimed work of kind TRAIN. */
    public TrainingOrder order(long workId) {
        return system.call(() -> {
            Job job = job(workId);
            InitialAdapter.Origin initial = job.initialAdapter();
            DraftTarget target = job.target();
            return new TrainingOrder(
                    job,
                    directory(initial == null ? null : initial.checkpoint()),
                    directory(target == null ? null : target.checkpoint()),
                    directory(job.draftCheckpoint()),
                    checkpoints.newest(job.number(), RESUMABLE),
                    checkpoints.answers(job.number()).orElse(null),
                    series.lastValidation(job.number()));
        });
    }

    private @Nullable String directory(@Nullable Long checkpoint) {
        return checkpoint == null ? null : checkpoints.byNumber(checkpoint).directory();
    }

    /**
     * Writes the engine's progress.
     *
     * @param events events in order
     * @param key from the path of a folder that the engine has written to its key in the artifact store, where it is
     *     complete
     * @param keptCheckpoints number of newest checkpoints to keep; older ones are deleted unless in use
     * @return keys of folders that no row refers to once the transaction has committed
     */
    public List<String> write(long workId, List<Progress> events, UnaryOperator<String> key, int keptCheckpoints) {
        long job = store.numberOf(workId);
        List<String> forgotten = new ArrayList<>();
        List<Progress.Step> steps = new ArrayList<>();
        for (Progress event : events) {
            if (event instanceof Progress.Step step) {
                steps.add(step);
                continue;
            }
            writeSteps(job, steps);
            steps.clear();
            if (event instanceof Progress.Started started) {
                started(job(workId), started);
            } else if (event instanceof Progress.Validation validation) {
                validated(job, validation);
            } else if (event instanceof Progress.CheckpointSaved saved) {
                checkpoints.record(job, saved.step(), saved.beta(), key.apply(saved.directory()), saved.bytes());
                jobEvents.info(job, message(saved));
                checkpoints.prune(job, keptCheckpoints).forEach(pruned -> forgotten.add(pruned.directory()));
            } else if (event instanceof Progress.AnswersSaved saved) {
                checkpoints.recordAnswers(job, key.apply(saved.directory())).ifPresent(forgotten::add);
                jobEvents.info(
                        job, "The target has written %,d of %,d answers".formatted(saved.count(), saved.total()));
            } else if (event instanceof Progress.Samples completions) {
                samples.record(job, completions);
            } else if (event instanceof Progress.DeviceMemory memory) {
                series.recordDeviceMemory(job, memory);
            } else if (event instanceof Progress.Interlude interlude) {
                series.recordInterlude(job, interlude);
            } else if (event instanceof Progress.Note note) {
                jobEvents.info(job, note.message());
            } else if (event instanceof Progress.Warning warning) {
                jobEvents.append(job, JobEvent.Level.WARN, warning.message());
            }
        }
        writeSteps(job, steps);
        return forgotten;
    }

    /** The engine has loaded the model and begins the first step of this attempt. */
    private void started(Job job, Progress.Started started) {
        series.moveTo(job.number(), started.firstStep());
        String message = started.firstStep() == 0
                ? "Fine-tuning job started"
                : "Training goes on from the checkpoint of step " + started.firstStep();
        int devices = job.request().options().devices();
        jobEvents.info(
                job.number(),
                "%s: attempt %d, %d steps, %d trained parameters, %s%s"
                        .formatted(
                                message,
                                job.work().attempts(),
                                started.totalSteps(),
                                started.trainableParameters(),
                                started.precision(),
                                devices == 1 ? "" : ", on %d devices".formatted(devices)));
    }

    /** About a hundred of a job's steps become metrics events; all are in its series. */
    private void writeSteps(long job, List<Progress.Step> steps) {
        series.recordSteps(job, steps);
        for (Progress.Step step : steps) {
            if (step.get(Figure.TRAIN_LOSS) == null) {
                jobEvents.append(
                        job, JobEvent.Level.WARN, "The loss of step " + step.step() + " is not a finite number");
            } else if (StepEvents.isWorthAnEvent(step)) {
                jobEvents.metrics(job, StepEvents.message(step), StepEvents.data(step));
            }
        }
    }

    private void validated(long job, Progress.Validation validation) {
        series.recordValidation(job, validation);
        if (validation.loss() != null || !validation.metrics().isEmpty()) {
            jobEvents.metrics(job, StepEvents.message(validation), StepEvents.data(validation));
        }
    }

    private static String message(Progress.CheckpointSaved saved) {
        return String.format(Locale.ROOT, "Checkpoint created at step %d with beta %.4f", saved.step(), saved.beta());
    }

    /** Keys of the folders of all checkpoints of the job. */
    public List<String> checkpointFolders(long workId) {
        return system.call(() -> checkpoints.directories(store.numberOf(workId)));
    }

    /** Adds a message about the preparation before the engine starts. */
    public void prepares(long workId, String message) {
        jobEvents.info(store.numberOf(workId), message);
    }

    /** Passes the lines of the result file, header first and with line breaks, to {@code lines}. */
    public void writeResult(long workId, Consumer<String> lines) {
        system.run(() -> {
            long job = store.numberOf(workId);
            ResultCsv csv = new ResultCsv(series.metricNames(job));
            lines.accept(csv.header());
            series.readAll(job, row -> lines.accept(csv.line(row)));
        });
    }

    /**
     * The training has succeeded: within {@link dev.anneal.service.queue.lease.Leases#succeed}.
     *
     * @param resultFile id of the stored result file
     */
    public void completed(long workId, String resultFile) {
        Job job = job(workId);
        TrainingSettings trained = job.requireSettings().training();
        FinalWarnings.of(series.summary(job.number(), trained.totalSteps()), trained.method())
                .forEach(warning -> jobEvents.append(job.number(), JobEvent.Level.WARN, warning));
        store.complete(job.number(), resultFile);
        models.record(job);
        jobEvents.info(
                job.number(), "New fine-tuned model created: " + job.modelName(), "The job has successfully completed");
    }

    /**
     * The attempt has failed: within {@link dev.anneal.service.queue.lease.Leases#fail}, which has decided the job's
     * next state.
     */
    public void failed(long workId, WorkError error) {
        Job job = job(workId);
        AttemptEvents.failed(job, error, (level, message) -> jobEvents.append(job.number(), level, message));
    }

    @Override
    public void rescued(Rescue rescue) {
        if (rescue.kind() == WorkKind.TRAIN) {
            failed(rescue.lease().workId(), rescue.error());
        }
    }

    /** The attempt was given back: within {@link dev.anneal.service.queue.lease.Leases#giveBack}. */
    public void givenBack(long workId) {
        Job job = job(workId);
        jobEvents.info(job.number(), AttemptEvents.givenBack(job));
    }

    private Job job(long workId) {
        return store.byWork(workId)
                .orElseThrow(() -> new IllegalArgumentException("work " + workId + " belongs to no job"));
    }
}
