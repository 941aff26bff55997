package dev.anneal.service.training.http;

import dev.anneal.protocol.TrainingMethod;
import dev.anneal.service.platform.request.GraderObjects;
import dev.anneal.service.training.job.Job;
import dev.anneal.service.training.settings.JobRequest;
import dev.anneal.service.training.settings.MethodRules;
import dev.anneal.service.training.settings.ResolvedSettings;
import dev.anneal.service.training.settings.TrainingMethods;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The object {@code method} of a job. */
final class MethodBody {

    private MethodBody() {}

    /**
     * Null for a method that OpenAI's API does not have, because strict clients would reject the job and its whole
     * page.
     */
    static @Nullable Map<String, Object> inOpenAiTypes(Job job) {
        return isOpenAis(job.request()) ? of(job) : null;
    }

    /** Null for a method of OpenAI's API. */
    static @Nullable Map<String, Object> beyondOpenAiTypes(Job job) {
        return isOpenAis(job.request()) ? null : of(job);
    }

    private static boolean isOpenAis(JobRequest request) {
        return TrainingMethods.of(request.method()).isOpenAis();
    }

    /** The hyperparameters that every method has. */
    static Map<String, Object> hyperparameters(Job job) {
        ResolvedSettings settings = job.settings();
        return settings == null
                ? job.request().hyperparameters().toWire()
                : settings.hyperparameters().toWire();
    }

    /**
     * A method whose grader OpenAI's types cannot express is not shown, for the same reason, and because they require a
     * grader. {@link AnnealBody} shows every grader.
     */
    private static Map<String, Object> of(Job job) {
        JobRequest request = job.request();
        TrainingMethod method = request.method();
        MethodRules<TrainingMethod> rules = TrainingMethods.of(method);
        Map<String, Object> all = new LinkedHashMap<>(hyperparameters(job));
        all.putAll(rules.hyperparameters(method, evaluationInterval(job)));
        Map<String, @Nullable Object> own = new LinkedHashMap<>(rules.parameters(method, request));
        own.put("hyperparameters", all);
        Map<String, @Nullable Object> grader = method.grader();
        if (grader != null) {
            Map<String, @Nullable Object> shown = GraderObjects.inOpenAiTypes(grader);
            if (shown == null) {
                return Map.of("type", method.wireName());
            }
            own.put("grader", shown);
        }
        return Map.of("type", method.wireName(), method.wireName(), own);
    }

    private static @Nullable Integer evaluationInterval(Job job) {
        ResolvedSettings settings = job.settings();
        return job.request()
                .options()
                .settledBy(settings == null ? null : settings.training())
                .evalInterval();
    }
}
