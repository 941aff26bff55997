package dev.anneal.service.training.http;

import dev.anneal.protocol.TrainingMethod;
import dev.anneal.service.platform.request.ShownGrader;
import dev.anneal.service.training.settings.ReinforcementReader;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The object {@code method} of a job. */
final class MethodBody {

    private static final String AUTO = "auto";

    private MethodBody() {}

    /**
     * A grader that OpenAI's types cannot say is not shown here, where strict clients would refuse the job with it, and all jobs of its page; nor
     * can {@code reinforcement} be without one. {@link SettingsBody} shows every grader.
     *
     * @param hyperparameters those that every method has, as the API shows them
     * @param evaluationInterval null as long as it is not known
     */
    static Map<String, Object> of(
            TrainingMethod method, Map<String, Object> hyperparameters, @Nullable Integer evaluationInterval) {
        Map<String, Object> all = new LinkedHashMap<>(hyperparameters);
        Map<String, Object> own = new LinkedHashMap<>();
        own.put("hyperparameters", all);
        if (method instanceof TrainingMethod.Dpo dpo) {
            all.put("beta", dpo.beta());
        }
        if (method instanceof TrainingMethod.Reinforcement reinforcement) {
            Map<String, @Nullable Object> grader = ShownGrader.inOpenAiTypes(reinforcement.grader());
            if (grader == null) {
                return Map.of("type", method.wireName());
            }
            own.put("grader", grader);
            all.put(
                    "compute_multiplier",
                    (double) reinforcement.rollouts().groupSize() / ReinforcementReader.GROUP_SIZE);
            all.put("eval_interval", evaluationInterval == null ? AUTO : evaluationInterval);
            all.put("eval_samples", reinforcement.rollouts().evaluationSamples());
            all.put("reasoning_effort", "default");
        }
        return Map.of("type", method.wireName(), method.wireName(), own);
    }
}
