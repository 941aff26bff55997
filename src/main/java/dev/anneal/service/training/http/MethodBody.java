package dev.anneal.service.training.http;

import dev.anneal.protocol.TrainingMethod;
import dev.anneal.service.platform.request.ShownGrader;
import dev.anneal.service.training.settings.JobRequest;
import dev.anneal.service.training.settings.MethodRules;
import dev.anneal.service.training.settings.TrainingMethods;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The object {@code method} of a job. */
final class MethodBody {

    private MethodBody() {}

    /**
     * A method whose grader OpenAI's types cannot express is not shown, because strict clients would reject the job and its whole page, and
     * require a grader. {@link AnnealBody} shows every grader.
     *
     * @param hyperparameters those of every method, as shown in the API
     * @param evaluationInterval null until it is known
     */
    static Map<String, Object> of(
            JobRequest request, Map<String, Object> hyperparameters, @Nullable Integer evaluationInterval) {
        TrainingMethod method = request.method();
        MethodRules<TrainingMethod> rules = TrainingMethods.of(method);
        Map<String, Object> all = new LinkedHashMap<>(hyperparameters);
        all.putAll(rules.hyperparameters(method, evaluationInterval));
        Map<String, @Nullable Object> own = new LinkedHashMap<>(rules.parameters(method, request));
        own.put("hyperparameters", all);
        Map<String, @Nullable Object> grader = method.grader();
        if (grader != null) {
            Map<String, @Nullable Object> shown = ShownGrader.inOpenAiTypes(grader);
            if (shown == null) {
                return Map.of("type", method.wireName());
            }
            own.put("grader", shown);
        }
        return Map.of("type", method.wireName(), method.wireName(), own);
    }
}
