package dev.anneal.service.training.outlook;

import dev.anneal.service.platform.database.TenantDatabase;
import dev.anneal.service.queue.Attempt;
import dev.anneal.service.queue.QueueNumbers;
import dev.anneal.service.queue.QueuePosition;
import dev.anneal.service.queue.Slot;
import dev.anneal.service.queue.Waiting;
import dev.anneal.service.queue.Work;
import dev.anneal.service.queue.WorkQueue;
import dev.anneal.service.queue.WorkState;
import dev.anneal.service.training.job.Job;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Adds attempts, positions in the queue and expected times to jobs. */
@Component
public final class JobInsights {

    private final TenantDatabase database;
    private final WorkQueue queue;
    private final QueueNumbers numbers;
    private final QueueOutlook outlook;
    private final Clock clock;

    JobInsights(TenantDatabase database, WorkQueue queue, QueueNumbers numbers, QueueOutlook outlook, Clock clock) {
        this.database = database;
        this.queue = queue;
        this.numbers = numbers;
        this.outlook = outlook;
        this.clock = clock;
    }

    public JobInsight of(Job job) {
        return of(job.tenantId(), List.of(job)).get(0);
    }

    /** @param jobs jobs of this tenant */
    public List<JobInsight> of(String tenantId, List<Job> jobs) {
        List<Long> queued = jobs.stream()
                .filter(job -> job.state() == WorkState.QUEUED)
                .map(job -> job.work().id())
                .toList();
        Map<Long, QueuePosition> positions =
                queued.isEmpty() ? Map.of() : numbers.positions(Slot.TRAINING, tenantId, queued);
        Map<Long, List<Attempt>> attempts = attempts(tenantId, jobs);
        return jobs.stream()
                .map(job -> insight(
                        job,
                        attempts.getOrDefault(job.work().id(), List.of()),
                        positions.get(job.work().id())))
                .toList();
    }

    private Map<Long, List<Attempt>> attempts(String tenantId, List<Job> jobs) {
        List<Long> attempted = jobs.stream()
                .map(Job::work)
                .filter(work -> work.attempts() > 0)
                .map(Work::id)
                .toList();
        return attempted.isEmpty()
                ? Map.of()
                : database.call(tenantId, () -> queue.attempts(attempted)).stream()
                        .collect(Collectors.groupingBy(Attempt::workId));
    }

    private JobInsight insight(Job job, List<Attempt> attempts, @Nullable QueuePosition position) {
        Waiting waiting = job.work().waiting();
        OptionalDouble untilStart = position == null || waiting != null
                ? OptionalDouble.empty()
                : outlook.secondsUntilStart(
                        position.position(), job.request().options().devices());
        OptionalDouble untilEnd = switch (job.state()) {
            case RUNNING -> outlook.secondsLeft(job);
            case QUEUED -> sum(untilStart, outlook.secondsToTrain(job));
            case VALIDATING, PAUSED, SUCCEEDED, FAILED, CANCELLED -> OptionalDouble.empty();
        };
        return new JobInsight(
                job,
                attempts,
                position,
                waiting,
                inSeconds(untilStart),
                untilEnd.isPresent() ? untilEnd.getAsDouble() : null,
                inSeconds(untilEnd));
    }

    private static OptionalDouble sum(OptionalDouble one, OptionalDouble other) {
        return one.isPresent() && other.isPresent()
                ? OptionalDouble.of(one.getAsDouble() + other.getAsDouble())
                : OptionalDouble.empty();
    }

    private @Nullable Instant inSeconds(OptionalDouble seconds) {
        return seconds.isEmpty() ? null : clock.instant().plusMillis(Math.round(seconds.getAsDouble() * 1000));
    }
}
