package dev.anneal.service.notification.mlflow;

import com.sun.net.httpserver.HttpExchange;
import dev.anneal.service.LocalServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * An HTTP server that speaks the part of MLflow's REST API that the service uses, and keeps a metric once that comes
 * twice with the same key, time, step and value, as MLflow's SQL stores do. {@code src/test/mlflow} holds the service against MLflow itself.
 */
final class TrackingServer implements AutoCloseable {

    private static final JsonMapper JSON = new JsonMapper();

    /** How it treats requests. */
    enum Mood {
        ANSWERING,
        /** Answers with 503 and does nothing. */
        AWAY,
        /** Does what it is asked, and breaks the connection instead of answering. */
        SILENT,
        /** Writes the first half of a batch of metrics and breaks the connection. */
        HALF,
        /** Answers that runs do not take anything. */
        REFUSING
    }

    /** A run as the server has it. */
    static final class Run {
        final String id;
        final Map<String, String> tags = new TreeMap<>();
        final Map<String, String> params = new TreeMap<>();
        final List<JsonNode> metrics = new ArrayList<>();
        String status = "RUNNING";
        long endTime;

        Run(String id) {
            this.id = id;
        }

        /** Steps at which a metric came, in that order. */
        List<Integer> stepsOf(String key) {
            return metrics.stream()
                    .filter(metric -> metric.get("key").stringValue().equals(key))
                    .map(metric -> metric.get("step").intValue())
                    .toList();
        }
    }

    private final LocalServer server = new LocalServer(this::answer);
    private final Map<String, String> experiments = new LinkedHashMap<>();
    private final Map<String, Run> runs = new LinkedHashMap<>();
    private final List<String> authorizations = new ArrayList<>();
    private Mood mood = Mood.ANSWERING;
    private int refused;
    private int largestBatch;

    String url() {
        return server.uri() + "/tracking";
    }

    synchronized void become(Mood next) {
        mood = next;
        refused = 0;
    }

    /** Requests that got no answer since it changed its mood. */
    synchronized int refused() {
        return refused;
    }

    synchronized int largestBatch() {
        return largestBatch;
    }

    synchronized List<String> authorizations() {
        return List.copyOf(authorizations);
    }

    synchronized List<Run> runsOf(String job) {
        return runs.values().stream()
                .filter(run -> job.equals(run.tags.get("anneal.job_id")))
                .toList();
    }

    synchronized Map<String, String> experiments() {
        return Map.copyOf(experiments);
    }

    private synchronized void answer(HttpExchange exchange) throws IOException {
        authorizations.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
        byte[] body = exchange.getRequestBody().readAllBytes();
        String endpoint = exchange.getRequestURI().getPath().substring("/tracking/api/2.0/mlflow/".length());
        if (mood == Mood.AWAY) {
            refused++;
            reply(exchange, 503, "away");
            return;
        }
        JsonNode asked = body.length == 0 ? query(exchange) : JSON.readTree(body);
        if (mood == Mood.REFUSING && endpoint.equals("runs/log-batch")) {
            refused++;
            reply(exchange, 400, "{\"error_code\": \"INVALID_PARAMETER_VALUE\", \"message\": \"the run is deleted\"}");
            return;
        }
        String answer = act(endpoint, asked);
        if (mood == Mood.SILENT || mood == Mood.HALF) {
            refused++;
            exchange.close();
        } else {
            reply(exchange, answer.contains("error_code") ? 404 : 200, answer);
        }
    }

    private static JsonNode query(HttpExchange exchange) {
        Map<String, String> values = new LinkedHashMap<>();
        for (String pair : exchange.getRequestURI().getQuery().split("&", -1)) {
            int equals = pair.indexOf('=');
            values.put(pair.substring(0, equals), pair.substring(equals + 1));
        }
        return JSON.valueToTree(values);
    }

    private static void reply(HttpExchange exchange, int status, String body) throws IOException {
        LocalServer.answer(exchange, status, body.getBytes(StandardCharsets.UTF_8));
    }

    private String act(String endpoint, JsonNode asked) {
        return switch (endpoint) {
            case "experiments/get-by-name" -> experiment(text(asked, "experiment_name"));
            case "experiments/create" -> createExperiment(text(asked, "name"));
            case "runs/search" -> search(text(asked, "filter"));
            case "runs/create" -> createRun(asked);
            case "runs/log-batch" -> logBatch(run(asked), asked);
            case "runs/update" -> update(run(asked), asked);
            default -> throw new AssertionError("the service asked for " + endpoint);
        };
    }

    private Run run(JsonNode asked) {
        return Objects.requireNonNull(runs.get(text(asked, "run_id")), "there is no such run");
    }

    private static String text(JsonNode asked, String key) {
        return asked.get(key).asString();
    }

    private String experiment(String name) {
        String id = experiments.get(name);
        return id == null
                ? "{\"error_code\": \"RESOURCE_DOES_NOT_EXIST\", \"message\": \"no experiment\"}"
                : "{\"experiment\": {\"experiment_id\": \"" + id + "\"}}";
    }

    private String createExperiment(String name) {
        if (experiments.containsKey(name)) {
            return "{\"error_code\": \"RESOURCE_ALREADY_EXISTS\", \"message\": \"it exists\"}";
        }
        experiments.put(name, Integer.toString(experiments.size() + 1));
        return "{\"experiment_id\": \"" + experiments.get(name) + "\"}";
    }

    private String search(String filter) {
        return runs.values().stream()
                .filter(run -> filter.equals("tags.`anneal.job_id` = '" + run.tags.get("anneal.job_id") + "'"))
                .findFirst()
                .map(run -> "{\"runs\": [{\"info\": {\"run_id\": \"" + run.id + "\"}}]}")
                .orElse("{}");
    }

    private String createRun(JsonNode asked) {
        Run run = new Run("run" + runs.size());
        runs.put(run.id, run);
        asked.get("tags").forEach(tag -> run.tags.put(text(tag, "key"), text(tag, "value")));
        return "{\"run\": {\"info\": {\"run_id\": \"" + run.id + "\"}}}";
    }

    private String logBatch(Run run, JsonNode asked) {
        asked.path("params").forEach(param -> run.params.put(text(param, "key"), text(param, "value")));
        asked.path("tags").forEach(tag -> run.tags.put(text(tag, "key"), text(tag, "value")));
        JsonNode metrics = asked.path("metrics");
        largestBatch = Math.max(largestBatch, metrics.size());
        int kept = mood == Mood.HALF ? metrics.size() / 2 : metrics.size();
        for (int i = 0; i < kept; i++) {
            if (!run.metrics.contains(metrics.get(i))) {
                run.metrics.add(metrics.get(i));
            }
        }
        return "{}";
    }

    private String update(Run run, JsonNode asked) {
        run.status = text(asked, "status");
        run.endTime = asked.get("end_time").longValue();
        return "{}";
    }

    @Override
    public void close() {
        server.close();
    }
}
