package dev.anneal.service.training.outlook;

import dev.anneal.service.platform.database.SystemDatabase;
import dev.anneal.service.platform.process.EngineSetup;
import dev.anneal.service.queue.WorkState;
import dev.anneal.service.queue.WorkerStates;
import dev.anneal.service.training.job.EngineSetups;
import dev.anneal.service.training.job.Job;
import dev.anneal.service.training.job.JobStore;
import dev.anneal.service.training.machine.Machine;
import dev.anneal.service.training.machine.Machines;
import dev.anneal.service.training.settings.ResolvedSettings;
import dev.anneal.service.training.settings.TrainingCost;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Estimates start and duration of trainings from recent, running and waiting ones, and from the latest measurement of a
 * machine. Reads across tenants and caches for seconds.
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
            Machines machines,
            EngineSetups engines,
            JobStore jobs,
            WorkerStates workers,
            Clock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
        this.known = new Cached<>(
                () -> system.call(() -> new Known(RecentTrainings.look(jdbc), machines.newest(), engines.current())),
                LIFE_OF_PACE,
                clock);
        this.line = new Cached<>(
                () -> {
                    Known past = known.get();
                    return system.call(() -> lineOf(workers.trainingSlots(), jobs, past));
                },
                LIFE_OF_LINE,
                clock);
    }

    private TrainingQueue lineOf(int count, JobStore jobs, Known past) {
        List<Double> left = jobs.inState(WorkState.RUNNING, MOST_RUNNING).stream()
                .map(job -> secondsLeft(job, past).orElse(past.usualSeconds()))
                .toList();
        OptionalDouble each = jobs.inState(WorkState.QUEUED, SAMPLED).stream()
                .map(job -> secondsToTrain(job, past))
                .flatMapToDouble(OptionalDouble::stream)
                .average();
        return new TrainingQueue(
                count,
                left,
                jdbc.sql(QUEUED).query(Long.class).single(),
                each.isPresent() ? (Double) each.getAsDouble() : past.recent().secondsPerJob());
    }

    /** Data about past trainings and a machine, and the set-up of the next trainings. */
    private record Known(RecentTrainings recent, Optional<Machine> machine, EngineSetup engine) {

        @Nullable
        Pace pace(String model) {
            return recent.paces().get(model);
        }

        /** Duration of a training about which nothing else is known. */
        double usualSeconds() {
            Double seconds = recent.secondsPerJob();
            return seconds == null ? 0 : seconds;
        }
    }

    /** Seconds until a training at this position of the queue starts, if that can be estimated. */
    OptionalDouble secondsUntilStart(long position) {
        return line.get().secondsUntilStart(position);
    }

    /** Seconds until a training that joined the queue now would start. */
    OptionalDouble secondsUntilStart() {
        TrainingQueue now = line.get();
        return now.secondsUntilStart(now.queued() + 1);
    }

    /** The expected set-up of the engine process that will train. */
    public EngineSetup engine() {
        return known.get().engine();
    }

    /** Duration of a training from its claim to its end, including loading and saving. */
    Optional<ExpectedDuration> duration(String model, Remaining remaining) {
        return duration(model, remaining, known.get());
    }

    /** The durations with the shortest and the longest completions; empty if the training samples none. */
    Optional<DurationRange> range(String model, Remaining remaining) {
        TrainingCost.Completions completions = remaining.cost().completions();
        return completions == null
                ? Optional.empty()
                : duration(model, remaining.expecting(1))
                        .flatMap(from -> duration(model, remaining.expecting(completions.most()))
                                .map(to -> new DurationRange(from.seconds(), to.seconds())));
    }

    private static Optional<ExpectedDuration> duration(String model, Remaining remaining, Known past) {
        Pace pace = past.pace(model);
        return pace == null
                ? past.machine()
                        .flatMap(machine -> Pace.of(machine, remaining.cost()))
                        .map(promised -> new ExpectedDuration(
                                promised.secondsOf(remaining), ExpectedDuration.Basis.MEASURED_MACHINE))
                : Optional.of(new ExpectedDuration(pace.secondsOf(remaining), ExpectedDuration.Basis.PAST_JOBS));
    }

    /** Seconds from the claim of a waiting job to its end. */
    OptionalDouble secondsToTrain(Job job) {
        return secondsToTrain(job, known.get());
    }

    private static OptionalDouble secondsToTrain(Job job, Known past) {
        ResolvedSettings settings = job.settings();
        return settings == null
                ? OptionalDouble.empty()
                : duration(job.request().model(), Remaining.of(job, settings), past).stream()
                        .mapToDouble(ExpectedDuration::seconds)
                        .findFirst();
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
                    job, settings, secondsPerStep, past.pace(job.request().model())));
        }
        Instant started = job.work().startedAt();
        double since = started == null || job.work().attempts() > 1
                ? 0
                : Duration.between(started, clock.instant()).toMillis() / 1000.0;
        OptionalDouble whole = secondsToTrain(job, past);
        return whole.isPresent() ? OptionalDouble.of(Math.max(0, whole.getAsDouble() - since)) : whole;
    }
}
