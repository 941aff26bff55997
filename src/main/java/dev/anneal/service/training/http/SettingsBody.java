package dev.anneal.service.training.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.anneal.engine.grade.GraderSecrets;
import dev.anneal.protocol.TrainingMethod;
import dev.anneal.protocol.TrainingSettings;
import dev.anneal.service.training.job.Job;
import dev.anneal.service.training.settings.JobRequest;
import dev.anneal.service.training.settings.MethodRules;
import dev.anneal.service.training.settings.ResolvedSettings;
import dev.anneal.service.training.settings.TrainingMethods;
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
 * @param rollouts of the methods that sample, else null
 * @param grader as the request has it, but for secrets, whether or not OpenAI's types can say it; null where nothing is graded
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
        @Nullable Map<String, Object> loss,
        @Nullable Map<String, Object> rollouts,
        @Nullable Map<String, @Nullable Object> grader) {

    static SettingsBody of(Job job) {
        JobRequest request = job.request();
        TrainingOptions options = request.options();
        JobRequest.InitialAdapter initial = request.initialAdapter();
        ResolvedSettings resolved = job.settings();
        TrainingSettings training = resolved == null ? null : resolved.training();
        MethodRules<TrainingMethod> rules = TrainingMethods.of(request.method());
        Map<String, @Nullable Object> grader = request.method().grader();
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
                rules.loss(request.method()),
                rules.rollouts(request.method()),
                grader == null ? null : GraderSecrets.hidden(grader));
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
