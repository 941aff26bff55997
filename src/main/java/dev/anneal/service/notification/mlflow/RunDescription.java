package dev.anneal.service.notification.mlflow;

import dev.anneal.service.platform.database.JsonColumn;
import dev.anneal.service.queue.WorkError;
import dev.anneal.service.queue.WorkState;
import dev.anneal.service.training.job.Job;
import dev.anneal.service.training.settings.ResolvedSettings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Tags and parameters of a job's run. Graders are left out, because their headers may be secrets. */
final class RunDescription {

    /** Tag with which a run is found. */
    static final String JOB_TAG = "anneal.job_id";

    static final String ATTEMPT_TAG = "anneal.attempt";

    static final int MOST_PARAMS_OF_A_BATCH = 100;

    private static final String LEFT_OUT = "grader";
    private static final int LONGEST_VALUE = 5_000;

    private RunDescription() {}

    static List<Map<String, Object>> tags(Job job) {
        Map<String, String> tags = new LinkedHashMap<>();
        tags.put(JOB_TAG, job.id());
        tags.put("anneal.tenant", job.tenantId());
        tags.put("anneal.model", job.request().model());
        tags.put("anneal.method", job.work().method());
        tags.put(ATTEMPT_TAG, Integer.toString(job.work().attempts()));
        return pairs(tags);
    }

    /** Tags of a job that has ended. */
    static List<Map<String, Object>> lastTags(Job job) {
        Map<String, String> tags = new LinkedHashMap<>();
        WorkError error = job.work().error();
        if (error != null) {
            tags.put("anneal.error_code", error.code());
        }
        Job.Result result = job.result();
        if (result != null) {
            tags.put("anneal.fine_tuned_model", result.fineTunedModel());
        }
        return pairs(tags);
    }

    static String status(WorkState state) {
        return switch (state) {
            case VALIDATING, QUEUED, PAUSED, RUNNING -> "RUNNING";
            case SUCCEEDED -> "FINISHED";
            case FAILED -> "FAILED";
            case CANCELLED -> "KILLED";
        };
    }

    /** The job's settings: one parameter for each value, named by its path. */
    static List<Map<String, Object>> params(Job job) {
        ResolvedSettings settings = job.requireSettings();
        Map<String, String> params = new LinkedHashMap<>();
        params.put("model", job.request().model());
        params.put("training_file", job.request().trainingFile());
        if (job.request().validationFile() != null) {
            params.put("validation_file", job.request().validationFile());
        }
        flatten("", JsonColumn.readMap(JsonColumn.write(settings.training())), params);
        flatten("hyperparameters/", settings.hyperparameters().toWire(), params);
        params.put(
                "gradientAccumulation", Integer.toString(job.request().options().gradientAccumulation()));
        params.put("annealedAtStep", Integer.toString(settings.annealedAtStep()));
        if (job.request().adapter() != null) {
            flatten(
                    "adapter/",
                    JsonColumn.readMap(JsonColumn.write(job.request().adapter())),
                    params);
        }
        return pairs(params);
    }

    private static void flatten(String prefix, Map<?, ?> values, Map<String, String> flat) {
        values.forEach((name, value) -> {
            if (value instanceof Map<?, ?> inner) {
                if (!LEFT_OUT.equals(name)) {
                    flatten(prefix + name + "/", inner, flat);
                }
            } else if (value != null) {
                String text = value.toString();
                flat.put(MlflowNames.key(prefix + name), text.substring(0, Math.min(LONGEST_VALUE, text.length())));
            }
        });
    }

    static List<Map<String, Object>> pairs(Map<String, String> values) {
        List<Map<String, Object>> pairs = new ArrayList<>();
        values.forEach((key, value) -> pairs.add(Map.of("key", key, "value", value)));
        return pairs;
    }
}
