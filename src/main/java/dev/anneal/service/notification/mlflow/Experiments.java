package dev.anneal.service.notification.mlflow;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Finds experiments and runs on the server, and creates missing experiments. */
final class Experiments {

    private final MlflowClient client;

    Experiments(MlflowClient client) {
        this.client = client;
    }

    String idOf(String name) throws MlflowException {
        String found = find(name);
        if (found != null) {
            return found;
        }
        try {
            return required(client.post("experiments/create", Map.of("name", name)), "/experiment_id");
        } catch (MlflowException e) {
            // Another process was first, or the experiment was deleted; not all versions find deleted ones by name.
            String made = e.is("RESOURCE_ALREADY_EXISTS") ? find(name) : null;
            if (made == null) {
                throw e;
            }
            return made;
        }
    }

    private @Nullable String find(String name) throws MlflowException {
        try {
            return required(
                    client.get("experiments/get-by-name", Map.of("experiment_name", name)),
                    "/experiment/experiment_id");
        } catch (MlflowException e) {
            if (e.is("RESOURCE_DOES_NOT_EXIST")) {
                return null;
            }
            throw e;
        }
    }

    /** The run that an earlier attempt created for a job; null if there is none. */
    @Nullable
    String runOf(String experiment, String job) throws MlflowException {
        JsonNode answer = client.post(
                "runs/search",
                Map.of(
                        "experiment_ids",
                        List.of(experiment),
                        "filter",
                        "tags.`" + RunDescription.JOB_TAG + "` = '" + job + "'",
                        "max_results",
                        1));
        String run = answer.at("/runs/0/info/run_id").asString("");
        return run.isEmpty() ? null : run;
    }

    /** A required string of an answer. */
    static String required(JsonNode answer, String pointer) throws MlflowException {
        String value = answer.at(pointer).asString("");
        if (value.isEmpty()) {
            throw MlflowException.unavailable("answered without " + pointer, null);
        }
        return value;
    }
}
