package dev.anneal.service.training.journal;

import dev.anneal.protocol.Progress;
import dev.anneal.protocol.TrainingSettings;
import dev.anneal.service.platform.database.SystemDatabase;
import dev.anneal.service.queue.WorkError;
import dev.anneal.service.queue.WorkerStates;
import dev.anneal.service.training.history.Checkpoints;
import dev.anneal.service.training.history.DevicePeaks;
import dev.anneal.service.training.history.Events;
import dev.anneal.service.training.history.Interludes;
import dev.anneal.service.training.history.JobEvent;
import dev.anneal.service.training.history.ResultCsv;
import dev.anneal.service.training.history.Samples;
import dev.anneal.service.training.history.Series;
import dev.anneal.service.training.job.Job;
import dev.anneal.service.training.job.JobStore;
import dev.anneal.service.training.job.TunedModels;
import dev.anneal.service.training.settings.ResolvedSettings;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What workers publish about the trainings they hold. Each method that takes a {@link JdbcClient} is meant as, or within, the
 * {@code writes} of a call of {@link dev.anneal.service.queue.lease.Leases}, so that a worker that has lost its lease publishes nothing.
 */
public final class TrainingJournal {

    /** If so many in a row are damaged the store is, and another attempt would find no better ones. */
    private static final int RESUMABLE = 3;

    /** Queued jobs that no worker has claimed, and that have not been told last that they wait. */
    private static final String UNTOLD = """
            SELECT job.id AS job, job.work_id AS work
            FROM work
            JOIN job ON job.work_id = work.id
            LEFT JOIN LATERAL (
                SELECT message FROM job_event WHERE job_event.job_id = job.id ORDER BY number DESC LIMIT 1
            ) AS latest ON true
            WHERE work.state = 'QUEUED' AND work.kind = 'TRAIN' AND work.waits = 0
              AND coalesce(latest.message, '') NOT LIKE :waits || '%'
              AND work.id > :after
            ORDER BY work.id
            LIMIT 1000
            """;

    /** 1634624120 sets this lock apart from others of the same database. */
    private static final String TELL_ALONE = "SELECT pg_try_advisory_xact_lock(1634624120)";

    private final SystemDatabase system;
    private final JobStore store;
    private final Events events;
    private final Series series;
    private final Samples samples;
    private final Checkpoints checkpoints;
    private final TunedModels models;

    TrainingJournal(
            SystemDatabase system,
            JobStore store,
            Events events,
            Series series,
            Samples samples,
            Checkpoints checkpoints,
            TunedModels models) {
        this.system = system;
        this.store = store;
        this.events = events;
        this.series = series;
        this.samples = samples;
        this.checkpoints = checkpoints;
        this.models = models;
    }

    /** What is to be done with claimed work of kind TRAIN. */
    public TrainingOrder order(long workId) {
        return system.call(jdbc -> {
            Job job = job(jdbc, workId);
            return new TrainingOrder(
                    job.tenantId(),
                    job.id(),
                    job.createdAt(),
                    job.request().model(),
                    job.baseRevision(),
                    job.request().trainingFile(),
                    job.request().validationFile(),
                    job.request().adapter(),
                    settings(job).training(),
                    store.originOf(jdbc, job.number())
                            .map(origin -> initialAdapter(jdbc, origin))
                            .orElse(null),
                    checkpoints.newest(jdbc, job.number(), RESUMABLE),
                    series.lastValidation(jdbc, job.number()));
        });
    }

    private TrainingOrder.InitialAdapter initialAdapter(JdbcClient jdbc, JobStore.Origin origin) {
        Long checkpoint = origin.checkpoint();
        return new TrainingOrder.InitialAdapter(
                checkpoint == null
                        ? null
                        : checkpoints.byNumber(jdbc, checkpoint).directory(),
                origin.fileId());
    }

    /** The engine has loaded the model and begins with the first step of this attempt. */
    public void started(JdbcClient jdbc, long workId, Progress.Started started) {
        Job job = job(jdbc, workId);
        series.moveTo(jdbc, job.number(), started.firstStep());
        String message = started.firstStep() == 0
                ? "Fine-tuning job started"
                : "Training goes on from the checkpoint of step " + started.firstStep();
        events.info(
                jdbc,
                job.number(),
                "%s: attempt %d, %d steps, %d trained parameters, %s"
                        .formatted(
                                message,
                                job.work().attempts(),
                                started.totalSteps(),
                                started.trainableParameters(),
                                started.precision()));
    }

    /** The job's device holds more than it did before in this attempt. */
    public void deviceMemory(JdbcClient jdbc, long workId, Progress.DeviceMemory memory) {
        DevicePeaks.record(jdbc, store.numberOf(jdbc, workId), memory);
    }

    /** The job has waited for something that is no step. */
    public void interlude(JdbcClient jdbc, long workId, Progress.Interlude interlude) {
        Interludes.record(jdbc, store.numberOf(jdbc, workId), interlude);
    }

    /** Steps in order. About a hundred of a job's steps become metrics events; all are in its series. */
    public void steps(JdbcClient jdbc, long workId, List<Progress.Step> steps) {
        long job = store.numberOf(jdbc, workId);
        series.recordSteps(jdbc, job, steps);
        for (Progress.Step step : steps) {
            if (step.loss() == null || !Double.isFinite(step.loss())) {
                events.append(
                        jdbc, job, JobEvent.Level.WARN, "The loss of step " + step.step() + " is not a finite number");
            } else if (StepEvents.isWorthAnEvent(step)) {
                events.metrics(jdbc, job, StepEvents.message(step), StepEvents.data(step));
            }
        }
    }

    public void validated(JdbcClient jdbc, long workId, Progress.Validation validation) {
        long job = store.numberOf(jdbc, workId);
        series.recordValidation(jdbc, job, validation);
        if (validation.loss() != null || !validation.metrics().isEmpty()) {
            events.metrics(jdbc, job, StepEvents.message(validation), StepEvents.data(validation));
        }
    }

    /** Completions of a rollout. */
    public void sampled(JdbcClient jdbc, long workId, Progress.Samples completions) {
        samples.record(jdbc, store.numberOf(jdbc, workId), completions);
    }

    /** @param directory key of the checkpoint's folder in the artifact store, where it is complete */
    public void checkpointSaved(JdbcClient jdbc, long workId, Progress.CheckpointSaved saved, String directory) {
        long job = store.numberOf(jdbc, workId);
        checkpoints.record(jdbc, job, saved.step(), saved.beta(), directory, saved.bytes());
        events.info(
                jdbc,
                job,
                String.format(Locale.ROOT, "Checkpoint created at step %d with beta %.4f", saved.step(), saved.beta()));
    }

    /**
     * Forgets all but the newest checkpoints that nothing uses.
     *
     * @return keys of folders that nothing refers to once the transaction has committed
     */
    public List<String> pruneCheckpoints(JdbcClient jdbc, long workId, int kept) {
        return checkpoints.prune(jdbc, store.numberOf(jdbc, workId), kept).stream()
                .map(Checkpoints.Pruned::directory)
                .toList();
    }

    /** Keys of the folders of all checkpoints of the job. */
    public List<String> checkpointFolders(long workId) {
        return system.call(jdbc -> checkpoints.directories(jdbc, store.numberOf(jdbc, workId)));
    }

    /** What a worker does before the engine starts. */
    public void prepares(JdbcClient jdbc, long workId, String message) {
        events.append(jdbc, store.numberOf(jdbc, workId), JobEvent.Level.INFO, message);
    }

    /** Tells the jobs that no worker can take at present what they wait for; one process at a time, so that none is told twice. */
    public void tellHeldUp() {
        Long after = 0L;
        while (after != null) {
            after = tellHeldUp(after);
        }
    }

    /** Tells a page, and returns its last work, or null if there are no more: jobs that some worker can take hide none behind them. */
    private @Nullable Long tellHeldUp(long after) {
        return system.call(jdbc -> {
                    if (!jdbc.sql(TELL_ALONE).query(Boolean.class).single()) {
                        return Optional.<Long>empty();
                    }
                    Map<Long, Long> jobs = jdbc
                            .sql(UNTOLD)
                            .param("waits", AttemptEvents.WAITS)
                            .param("after", after)
                            .query((row, number) -> Map.entry(row.getLong("work"), row.getLong("job")))
                            .list()
                            .stream()
                            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
                    WorkerStates.heldUp(jdbc, jobs.keySet())
                            .forEach((work, waiting) -> events.append(
                                    jdbc,
                                    Objects.requireNonNull(jobs.get(work)),
                                    JobEvent.Level.WARN,
                                    AttemptEvents.waits(waiting)));
                    return jobs.keySet().stream().max(Comparator.naturalOrder());
                })
                .orElse(null);
    }

    public void warned(JdbcClient jdbc, long workId, String message) {
        events.append(jdbc, store.numberOf(jdbc, workId), JobEvent.Level.WARN, message);
    }

    /** Hands the lines of the result file, each with its end, to {@code lines}; the header first. */
    public void writeResult(long workId, Consumer<String> lines) {
        system.run(jdbc -> {
            long job = store.numberOf(jdbc, workId);
            ResultCsv csv = new ResultCsv(series.metricNames(jdbc, job));
            lines.accept(csv.header());
            series.readAll(jdbc, job, row -> lines.accept(csv.line(row)));
        });
    }

    /**
     * The training has ended well: within {@link dev.anneal.service.queue.lease.Leases#succeed}.
     *
     * @param resultFile id of the stored result file
     */
    public void completed(JdbcClient jdbc, long workId, String resultFile) {
        Job job = job(jdbc, workId);
        TrainingSettings trained = settings(job).training();
        FinalWarnings.of(series.summary(jdbc, job.number(), trained.totalSteps()), trained.method())
                .forEach(warning -> events.append(jdbc, job.number(), JobEvent.Level.WARN, warning));
        store.complete(jdbc, job.number(), resultFile);
        models.record(jdbc, job);
        events.info(
                jdbc,
                job.number(),
                "New fine-tuned model created: " + job.modelName(),
                "The job has successfully completed");
    }

    /** The attempt has failed: within {@link dev.anneal.service.queue.lease.Leases#fail}, which has decided what the job becomes. */
    public void failed(JdbcClient jdbc, long workId, WorkError error) {
        Job job = job(jdbc, workId);
        AttemptEvents.failed(job, error, (level, message) -> events.append(jdbc, job.number(), level, message));
    }

    /** The attempt was given back: within {@link dev.anneal.service.queue.lease.Leases#giveBack}. */
    public void givenBack(JdbcClient jdbc, long workId) {
        Job job = job(jdbc, workId);
        events.info(jdbc, job.number(), AttemptEvents.givenBack(job));
    }

    private Job job(JdbcClient jdbc, long workId) {
        return store.byWork(jdbc, workId)
                .orElseThrow(() -> new IllegalArgumentException("work " + workId + " belongs to no job"));
    }

    private static ResolvedSettings settings(Job job) {
        ResolvedSettings settings = job.settings();
        if (settings == null) {
            throw new IllegalStateException("job " + job.id() + " is claimed but its settings are not resolved");
        }
        return settings;
    }
}
