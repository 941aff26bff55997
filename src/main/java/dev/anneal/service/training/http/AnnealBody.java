package dev.anneal.service.training.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.anneal.service.queue.Attempt;
import dev.anneal.service.queue.QueuePosition;
import dev.anneal.service.queue.Waiting;
import dev.anneal.service.queue.WorkError;
import dev.anneal.service.queue.WorkState;
import dev.anneal.service.training.job.Job;
import dev.anneal.service.training.outlook.JobInsight;
import dev.anneal.service.training.settings.MemoryEstimate;
import dev.anneal.service.training.settings.ResolvedSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The object {@code anneal} of a job: what Anneal knows beyond OpenAI's keys, and under the names of the request's {@code anneal} what it trains with. */
@JsonInclude(JsonInclude.Include.ALWAYS)
record AnnealBody(
        String state,
        double beta,
        int step,
        @Nullable Integer totalSteps,
        @Nullable Integer annealedAtStep,
        boolean mergeable,
        @Nullable Long queuePosition,
        @Nullable Long queueDepth,
        @Nullable WaitingBody waitingFor,
        @Nullable Long estimatedStart,
        @Nullable Double etaSeconds,
        double percent,
        @Nullable Double epoch,
        long tokens,
        @Nullable Double tokensPerSecond,
        Job.@Nullable DeviceMemory deviceMemory,
        @Nullable Failure failure,
        int attempt,
        List<AttemptBody> attempts,
        @Nullable Estimate estimate,
        @JsonUnwrapped SettingsBody settings) {

    /** Whose fault a failure was. */
    record Failure(String origin, boolean retryable, int attempt) {

        static @Nullable Failure of(Job job) {
            WorkError error = job.work().error();
            return error == null
                    ? null
                    : new Failure(
                            error.origin().name().toLowerCase(Locale.ROOT),
                            error.origin() == WorkError.Origin.SYSTEM,
                            job.work().attempts());
        }
    }

    /** What a job waits for that somebody has to mend. */
    record WaitingBody(String code, String message, long since) {

        static @Nullable WaitingBody of(@Nullable Waiting waiting) {
            return waiting == null
                    ? null
                    : new WaitingBody(
                            waiting.code(), waiting.message(), waiting.since().getEpochSecond());
        }
    }

    /** One attempt and how it ended. */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record AttemptBody(
            long number,
            long startedAt,
            @Nullable Long endedAt,
            @Nullable String reason,
            int fromStep) {

        /** Each attempt goes on from what those before it have saved. */
        static List<AttemptBody> of(List<Attempt> attempts) {
            List<AttemptBody> bodies = new ArrayList<>();
            int saved = 0;
            for (Attempt attempt : attempts) {
                bodies.add(new AttemptBody(
                        attempt.number(),
                        attempt.startedAt().getEpochSecond(),
                        JobBody.seconds(attempt.endedAt()),
                        reason(attempt),
                        saved));
                saved = attempt.savedStep() == null ? saved : attempt.savedStep();
            }
            return bodies;
        }

        private static @Nullable String reason(Attempt attempt) {
            Attempt.Outcome outcome = attempt.outcome();
            WorkError error = attempt.error();
            if (outcome == null || error == null) {
                return outcome == null ? null : outcome.name().toLowerCase(Locale.ROOT);
            }
            return outcome.name().toLowerCase(Locale.ROOT) + ": " + error.code();
        }
    }

    /** What the job was expected to need when its files were counted. */
    record Estimate(int rows, long tokens, int totalSteps, MemoryEstimate memory) {

        static @Nullable Estimate of(@Nullable ResolvedSettings settings) {
            return settings == null
                    ? null
                    : new Estimate(
                            settings.data().rows(),
                            settings.expectedTokens(),
                            settings.training().totalSteps(),
                            settings.memory());
        }
    }

    static AnnealBody of(JobInsight insight) {
        Job job = insight.job();
        QueuePosition position = insight.position();
        return new AnnealBody(
                JobStates.state(insight),
                job.beta(),
                job.pace().step(),
                job.totalSteps(),
                job.annealedAtStep(),
                job.hasMergeableCheckpoint(),
                position == null ? null : (Long) position.position(),
                position == null ? null : (Long) position.depth(),
                WaitingBody.of(insight.waiting()),
                JobBody.seconds(insight.estimatedStart()),
                insight.etaSeconds(),
                percent(job),
                job.pace().epoch(),
                job.pace().tokens(),
                job.pace().tokensPerSecond(),
                job.pace().deviceMemory(),
                Failure.of(job),
                job.work().attempts(),
                AttemptBody.of(insight.attempts()),
                Estimate.of(job.settings()),
                SettingsBody.of(job));
    }

    private static double percent(Job job) {
        Integer total = job.totalSteps();
        if (job.state() == WorkState.SUCCEEDED) {
            return 100;
        }
        return total == null ? 0 : 100.0 * job.pace().step() / total;
    }
}
