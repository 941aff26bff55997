package dev.anneal.service.training.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.anneal.engine.grade.GraderSecrets;
import dev.anneal.protocol.TrainingMethod;
import dev.anneal.protocol.TrainingSettings;
import dev.anneal.service.training.job.Job;
import dev.anneal.service.training.settings.JobRequest;
import dev.anneal.service.training.settings.ResolvedSettings;
import dev.anneal.service.training.settings.TrainingOptions;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a request's {@code anneal} with the values that its job trains with. Those that depend on its files are null until these are
 * counted, unless the request gave them.
 *
 * @param maxSteps null where epochs decide
 * @param evalInterval null where nothing is validated on the way
 * @param loss of the methods that have one to choose, else null
 * @param rollouts of reinforcement alone
 * @param grader as the request has it, but for secrets, whether or not OpenAI's types can say it; of reinforcement alone
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
record SettingsBody(
        String adapter,
        @Nullable String initAdapter,
        @Nullable Double learningRate,
        @Nullable Integer maxSteps,
        double warmupRatio,
        String lrSchedule,
        double weightDecay,
        double maxGradNorm,
        @Nullable Integer maxLength,
        int gradientAccumulation,
        @Nullable Integer checkpointInterval,
        @Nullable Integer evalInterval,
        double loraPlusRatio,
        boolean packing,
        String activationCheckpointing,
        int priority,
        @Nullable Loss loss,
        @Nullable Rollouts rollouts,
        @Nullable Map<String, @Nullable Object> grader) {

    /** What is minimised. */
    sealed interface Loss {

        static @Nullable Loss of(TrainingMethod method) {
            if (method instanceof TrainingMethod.Dpo dpo) {
                return new OfPairs(dpo.loss(), dpo.labelSmoothing());
            }
            if (method instanceof TrainingMethod.Reinforcement reinforcement) {
                TrainingMethod.Policy policy = reinforcement.policy();
                return new OfRewards(
                        policy.loss(),
                        policy.clipLow(),
                        policy.clipHigh(),
                        policy.klWeight(),
                        policy.scaleRewards(),
                        policy.maskTruncated());
            }
            return null;
        }
    }

    /** Of dpo. */
    record OfPairs(String type, double labelSmoothing) implements Loss {}

    /** Of reinforcement. */
    record OfRewards(
            String type, double clipLow, double clipHigh, double klWeight, String scaleRewards, boolean maskTruncated)
            implements Loss {}

    /** How completions are sampled. */
    record Rollouts(
            int groupSize,
            int maxCompletionTokens,
            double temperature,
            int topK,
            double topP,
            double minP,
            int updates,
            int sampleInterval) {

        static Rollouts of(TrainingMethod.Reinforcement method) {
            TrainingMethod.Rollouts rollouts = method.rollouts();
            return new Rollouts(
                    rollouts.groupSize(),
                    rollouts.maxCompletionTokens(),
                    rollouts.temperature(),
                    rollouts.topK(),
                    rollouts.topP(),
                    rollouts.minP(),
                    method.policy().updatesPerRollout(),
                    method.sampleInterval());
        }
    }

    static SettingsBody of(Job job) {
        JobRequest request = job.request();
        TrainingOptions options = request.options();
        JobRequest.InitialAdapter initial = request.initialAdapter();
        ResolvedSettings resolved = job.settings();
        TrainingSettings training = resolved == null ? null : resolved.training();
        TrainingMethod.Reinforcement reinforcement =
                request.method() instanceof TrainingMethod.Reinforcement method ? method : null;
        return new SettingsBody(
                adapter(job),
                initial == null ? null : initial.id(),
                training == null
                        ? options.learningRate()
                        : (Double) training.optimizer().learningRate(),
                options.maxSteps(),
                options.warmupRatio(),
                options.learningRateSchedule(),
                options.weightDecay(),
                options.maxGradientNorm(),
                training == null ? options.maxLength() : (Integer) training.maxLengthTokens(),
                options.gradientAccumulation(),
                training == null ? options.checkpointInterval() : (Integer) training.checkpointIntervalSteps(),
                training == null ? options.evaluationInterval() : positive(training.evaluationIntervalSteps()),
                options.loraPlusRatio(),
                options.packing(),
                options.activationCheckpointing(),
                options.priority(),
                Loss.of(request.method()),
                reinforcement == null ? null : Rollouts.of(reinforcement),
                reinforcement == null ? null : GraderSecrets.hidden(reinforcement.grader()));
    }

    private static String adapter(Job job) {
        if (job.isFullTraining()) {
            return "none";
        }
        return job.isLinear() ? "lora" : "afa";
    }

    private static @Nullable Integer positive(int steps) {
        return steps == 0 ? null : (Integer) steps;
    }
}
