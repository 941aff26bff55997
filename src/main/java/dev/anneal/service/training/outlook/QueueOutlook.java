package dev.anneal.service.training.outlook;

import dev.anneal.service.platform.database.SystemDatabase;
import dev.anneal.service.platform.process.EngineSetup;
import dev.anneal.service.queue.WorkState;
import dev.anneal.service.queue.WorkerStates;
import dev.anneal.service.training.admission.EngineSetups;
import dev.anneal.service.training.job.Job;
import dev.anneal.service.training.job.JobStore;
import dev.anneal.service.training.settings.ResolvedSettings;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Estimates start and duration of trainings from recent, running and waiting ones. Reads across tenants and caches for
 * seconds.
 */
@Component
public final class QueueOutlook {

    /** The pace of trainings changes slowly, unlike the queue. */
    private static final Duration LIFE_OF_PACE = Duration.ofSeconds(15);

    private static final Duration LIFE_OF_LINE = Duration.ofSeconds(2);

    private static final String QUEUED = "SELECT count(*) FROM work WHERE state = 'QUEUED' AND slot = 'TRAINING'";

    private static final int MOST_RUNNING = 1000;

    /** Maximum number of waiting trainings from which all are estimated. */
    private static final int SAMPLED = 50;

    private final JdbcClient jdbc;
    private final Clock clock;
    private final Cached<Known> known;
    private final Cached<TrainingQueue> line;

    QueueOutlook(
            JdbcClient jdbc,
            SystemDatabase system,
            EngineSetups engines,
            JobStore jobs,
            WorkerStates workers,
            Clock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
        this.known = new Cached<>(
                () -> system.call(() -> new Known(RecentTrainings.look(jdbc), engines.current())), LIFE_OF_PACE, clock);
        this.line = new Cached<>(
                () -> {
                    Known past = known.get();
                    return system.call(() -> lineOf(workers.trainingSlots(), jobs, past));
                },
                LIFE_OF_LINE,
                clock);
    }

    private TrainingQueue lineOf(int count, JobStore jobs, Known past) {
        Double usual = past.recent().secondsPerJob();
        List<Double> left = jobs.inState(WorkState.RUNNING, MOST_RUNNING).stream()
                .flatMap(job ->
                        Collections.nCopies(devices(job), secondsLeft(job, past).orElse(usual == null ? 0 : usual))
                                .stream())
                .toList();
        List<Job> waiting = jobs.inState(WorkState.QUEUED, SAMPLED);
        OptionalDouble each = waiting.stream()
                .map(job -> secondsToTrain(job, past))
                .flatMapToDouble(OptionalDouble::stream)
                .average();
        return new TrainingQueue(
                count,
                left,
                jdbc.sql(QUEUED).query(Long.class).single(),
                each.isPresent() ? (Double) each.getAsDouble() : usual,
                (int) Math.round(waiting.stream()
                        .mapToInt(QueueOutlook::devices)
                        .average()
                        .orElse(1)));
    }

    private static int devices(Job job) {
        return job.request().options().devices();
    }

    /** Past trainings and the set-up of the next ones. */
    private record Known(RecentTrainings recent, EngineSetup engine) {}

    /** Seconds until a training on some devices at this position of the queue starts, if that can be estimated. */
    OptionalDouble secondsUntilStart(long position, int devices) {
        return line.get().secondsUntilStart(position, devices);
    }

    /** Seconds until a training on some devices that joined the queue now would start. */
    OptionalDouble secondsUntilStart(int devices) {
        TrainingQueue now = line.get();
        return now.secondsUntilStart(now.queued() + 1, devices);
    }

    /** The expected set-up of the engine process that will train. */
    public EngineSetup engine() {
        return known.get().engine();
    }

    /**
     * Duration of a training from its claim to its end, including loading and saving; empty if nothing is known.
     *
     * @param isOpen whether completions may have any length, because none have been sampled
     */
    Optional<ExpectedDuration> duration(String model, Remaining remaining, boolean isOpen) {
        Known past = known.get();
        TrainingPace pace = past.recent().pace(model, remaining.cost());
        Remaining shortest = isOpen ? remaining.expecting(1) : remaining;
        Remaining longest = isOpen ? remaining.expectingMost() : remaining;
        if (pace == null) {
            return Guess.of(past.engine(), shortest, longest);
        }
        DurationRange range = isOpen ? new DurationRange(pace.secondsOf(shortest), pace.secondsOf(longest)) : null;
        return Optional.of(new ExpectedDuration(pace.secondsOf(remaining), range, pace.basis()));
    }

    /** Seconds from the claim of a waiting job to its end. */
    OptionalDouble secondsToTrain(Job job) {
        return secondsToTrain(job, known.get());
    }

    private static OptionalDouble secondsToTrain(Job job, Known past) {
        ResolvedSettings settings = job.settings();
        TrainingPace pace =
                settings == null ? null : past.recent().pace(job.request().model(), settings.cost());
        return settings == null || pace == null
                ? OptionalDouble.empty()
                : OptionalDouble.of(pace.secondsOf(Remaining.of(job, settings)));
    }

    /**
     * Seconds until the end of a running job, from the pace of its own steps or, before the first one, from past
     * trainings.
     */
    OptionalDouble secondsLeft(Job job) {
        return secondsLeft(job, known.get());
    }

    private OptionalDouble secondsLeft(Job job, Known past) {
        ResolvedSettings settings = job.settings();
        Double secondsPerStep = job.pace().secondsPerStep();
        if (settings != null && secondsPerStep != null) {
            return OptionalDouble.of(RunningTraining.secondsLeft(
                    job,
                    settings,
                    secondsPerStep,
                    past.recent().own(job.request().model())));
        }
        Instant started = job.work().startedAt();
        double since = started == null || job.work().attempts() > 1
                ? 0
                : Duration.between(started, clock.instant()).toMillis() / 1000.0;
        OptionalDouble whole = secondsToTrain(job, past);
        return whole.isPresent() ? OptionalDouble.of(Math.max(0, whole.getAsDouble() - since)) : whole;
    }
}
