package dev.anneal.service.training.http;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.anneal.engine.grade.GraderSecrets;
import dev.anneal.protocol.TrainingMethod;
import dev.anneal.protocol.WireName;
import dev.anneal.service.queue.Attempt;
import dev.anneal.service.queue.QueuePosition;
import dev.anneal.service.queue.Waiting;
import dev.anneal.service.queue.WorkError;
import dev.anneal.service.queue.WorkState;
import dev.anneal.service.training.job.Job;
import dev.anneal.service.training.outlook.JobInsight;
import dev.anneal.service.training.settings.JobRequest;
import dev.anneal.service.training.settings.MemoryEstimate;
import dev.anneal.service.training.settings.MethodRules;
import dev.anneal.service.training.settings.ResolvedSettings;
import dev.anneal.service.training.settings.TrainingMethods;
import dev.anneal.service.training.settings.TrainingOptions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The object {@code anneal} of a job: fields in addition to OpenAI's, and the training's settings under their names in
 * the request's {@code anneal}.
 */
record AnnealBody(
        @JsonUnwrapped Progress progress,
        @JsonUnwrapped Queue queue,
        @JsonUnwrapped Speed speed,
        @Nullable Failure failure,
        int attempt,
        List<AttemptBody> attempts,
        @Nullable Estimate estimate,
        @JsonUnwrapped Settings settings) {

    /** Steps done, and annealing. */
    record Progress(
            String state,
            double beta,
            int step,
            @Nullable Integer totalSteps,
            @Nullable Integer annealedAtStep,
            boolean mergeable) {

        static Progress of(JobInsight insight) {
            Job job = insight.job();
            return new Progress(
                    JobStates.state(insight),
                    job.beta(),
                    job.pace().step(),
                    job.totalSteps(),
                    job.annealedAtStep(),
                    job.hasMergeableCheckpoint());
        }
    }

    /** What the job waits for, and when it is expected to start and to end. */
    record Queue(
            @Nullable Long queuePosition,
            @Nullable Long queueDepth,
            @Nullable Waiting waitingFor,
            @Nullable Instant estimatedStart,
            @Nullable Double etaSeconds) {

        static Queue of(JobInsight insight) {
            QueuePosition position = insight.position();
            return new Queue(
                    position == null ? null : (Long) position.position(),
                    position == null ? null : (Long) position.depth(),
                    insight.waiting(),
                    insight.estimatedStart(),
                    insight.etaSeconds());
        }
    }

    /** What the steps have read, how fast, and with how much memory. */
    record Speed(
            double percent,
            @Nullable Double epoch,
            long tokens,
            long sharedTokens,
            @Nullable Double tokensPerSecond,
            Job.@Nullable DeviceMemory deviceMemory) {

        static Speed of(Job job) {
            Job.Pace pace = job.pace();
            return new Speed(
                    percent(job),
                    pace.epoch(),
                    pace.tokens(),
                    pace.sharedTokens(),
                    pace.tokensPerSecond(),
                    pace.deviceMemory());
        }

        private static double percent(Job job) {
            Integer total = job.totalSteps();
            if (job.state() == WorkState.SUCCEEDED) {
                return 100;
            }
            return total == null ? 0 : 100.0 * job.pace().step() / total;
        }
    }

    /** Origin of a failure. */
    record Failure(String origin, boolean retryable, int attempt) {

        static @Nullable Failure of(Job job) {
            WorkError error = job.work().error();
            return error == null
                    ? null
                    : new Failure(
                            WireName.of(error.origin()),
                            error.origin() == WorkError.Origin.SYSTEM,
                            job.work().attempts());
        }
    }

    /** One attempt and how it ended. */
    record AttemptBody(
            long number,
            Instant startedAt,
            @Nullable Instant endedAt,
            @Nullable String reason,
            int fromStep) {

        /** Each attempt resumes from what earlier ones saved. */
        static List<AttemptBody> of(List<Attempt> attempts) {
            List<AttemptBody> bodies = new ArrayList<>();
            int saved = 0;
            for (Attempt attempt : attempts) {
                bodies.add(new AttemptBody(
                        attempt.number(), attempt.startedAt(), attempt.endedAt(), reason(attempt), saved));
                saved = attempt.savedStep() == null ? saved : attempt.savedStep();
            }
            return bodies;
        }

        private static @Nullable String reason(Attempt attempt) {
            Attempt.Outcome outcome = attempt.outcome();
            WorkError error = attempt.error();
            if (outcome == null || error == null) {
                return outcome == null ? null : WireName.of(outcome);
            }
            return WireName.of(outcome) + ": " + error.code();
        }
    }

    /** Estimate of the job, from when its files were counted. */
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

    /**
     * What is trained and how.
     *
     * @param draft name of the draft of rollouts; null for none
     * @param options those that depend on the job's files are null until the files are counted, unless the request set
     *     them
     * @param method a method that OpenAI's API does not have; null for its own methods
     * @param loss settings of the loss, of methods that have some; otherwise null
     * @param rollouts settings of rollouts, of methods that sample; otherwise null
     * @param grader the request's grader without secrets, even if OpenAI's types cannot express it; null if nothing is
     *     graded
     */
    record Settings(
            String adapter,
            @Nullable String initAdapter,
            @Nullable String draft,
            @JsonUnwrapped TrainingOptions options,
            @Nullable Map<String, Object> method,
            @Nullable Map<String, Object> loss,
            @Nullable Map<String, Object> rollouts,
            @Nullable Map<String, @Nullable Object> grader) {

        static Settings of(Job job) {
            JobRequest request = job.request();
            JobRequest.InitialAdapter initial = request.initialAdapter();
            ResolvedSettings resolved = job.settings();
            TrainingMethod method = request.method();
            MethodRules<TrainingMethod> rules = TrainingMethods.of(method);
            Map<String, @Nullable Object> grader = method.grader();
            return new Settings(
                    adapterOf(job),
                    initial == null || method.verifiedBy() != null ? null : initial.id(),
                    method.draftedBy(),
                    request.options().settledBy(resolved == null ? null : resolved.training()),
                    MethodBody.beyondOpenAiTypes(job),
                    rules.loss(method),
                    rules.rollouts(method),
                    grader == null ? null : GraderSecrets.hidden(grader));
        }

        private static String adapterOf(Job job) {
            if (job.isFullTraining()) {
                return "none";
            }
            return job.isLinear() ? "lora" : "afa";
        }
    }

    static AnnealBody of(JobInsight insight) {
        Job job = insight.job();
        return new AnnealBody(
                Progress.of(insight),
                Queue.of(insight),
                Speed.of(job),
                Failure.of(job),
                job.work().attempts(),
                AttemptBody.of(insight.attempts()),
                Estimate.of(job.settings()),
                Settings.of(job));
    }
}
