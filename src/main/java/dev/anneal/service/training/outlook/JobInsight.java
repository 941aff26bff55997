package dev.anneal.service.training.outlook;

import dev.anneal.service.queue.Attempt;
import dev.anneal.service.queue.QueuePosition;
import dev.anneal.service.queue.Waiting;
import dev.anneal.service.training.job.Job;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A job with its attempts, position in the queue and expected times.
 *
 * @param attempts attempts, oldest first
 * @param position null unless it is queued
 * @param waiting the fault of the environment that it waits for; null unless it is being validated or queued
 * @param estimatedStart null unless it is queued, waits for nothing and can be estimated
 * @param etaSeconds seconds until its end; null if that cannot be estimated or it has ended
 * @param estimatedFinish the same as a time
 */
public record JobInsight(
        Job job,
        List<Attempt> attempts,
        @Nullable QueuePosition position,
        @Nullable Waiting waiting,
        @Nullable Instant estimatedStart,
        @Nullable Double etaSeconds,
        @Nullable Instant estimatedFinish) {

    public JobInsight {
        attempts = List.copyOf(attempts);
    }
}
