package dev.anneal.service.jobapi;

import dev.anneal.protocol.TrainingMethod;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** The object {@code method} of a job. */
final class MethodBody {

    private MethodBody() {}

    /** @param hyperparameters those that every method has, as the API shows them */
    static Map<String, Object> of(TrainingMethod method, Map<String, Object> hyperparameters) {
        Map<String, Object> all = new LinkedHashMap<>(hyperparameters);
        if (method instanceof TrainingMethod.Dpo dpo) {
            all.put("beta", dpo.beta());
        }
        if (method instanceof TrainingMethod.Reinforcement reinforcement) {
            all.put("eval_samples", reinforcement.rollouts().evaluationSamples());
            return Map.of(
                    "type",
                    method.wireName(),
                    method.wireName(),
                    Map.of("grader", grader(reinforcement), "hyperparameters", all));
        }
        return Map.of("type", method.wireName(), method.wireName(), Map.of("hyperparameters", all));
    }

    private static Object grader(TrainingMethod.Reinforcement reinforcement) {
        return Objects.requireNonNull(GraderBody.of(reinforcement.grader()));
    }
}
