package dev.anneal.service.demo;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Trains, merges and judges the bundled model on support tickets, and tells what happens. */
final class TicketsDemo {

    private static final int MAX_NEW_TOKENS = 48;

    private final Stage stage;

    TicketsDemo(Stage stage) {
        this.stage = stage;
    }

    /**
     * @param rootUrl where the service listens, shown in the lines to go on with
     * @param managementPort where its metrics are, likewise
     */
    void run(String rootUrl, String managementPort) {
        stage.say(
                "%nAnneal demo: teach %s to route support tickets, on this machine's CPU, through the HTTP API.%n",
                Stage.MODEL);
        String training = stage.upload("tickets.train.jsonl");
        String validation = stage.upload("tickets.valid.jsonl");
        String test = stage.upload("tickets.test.jsonl");

        stage.say("%nBefore: the base model answers the held-out tickets");
        JsonNode before = evaluate(Map.of("model", Stage.MODEL, "test_file", test));
        stage.say("  exact answers: %s", accuracy(before));

        JsonNode job = train(training, validation);
        List<JsonNode> rows = stage.series(job);
        stage.say("");
        stage.plot("loss (nats per token) over steps", '•', rows, row -> row.path("train_loss"));
        stage.plot("beta (share of the activation) over steps", '▪', rows, row -> row.path("beta"));
        JsonNode export = stage.merge(job);

        stage.say("%nAfter: the merged model answers the same tickets");
        JsonNode after = evaluate(Map.of("export", AnnealClient.id(export), "test_file", test));
        stage.say("  exact answers: %s", accuracy(after));
        examples(before, after);
        stage.goOn(rootUrl, managementPort, job, export);
    }

    private JsonNode evaluate(Map<String, Object> what) {
        Map<String, Object> request = new LinkedHashMap<>(what);
        request.put("max_new_tokens", MAX_NEW_TOKENS);
        request.put("samples", 3);
        return stage.evaluate(request);
    }

    private JsonNode train(String training, String validation) {
        Map<String, Object> hyperparameters = Map.of("n_epochs", 5, "batch_size", 16, "learning_rate_multiplier", 0.5);
        return stage.train(
                Map.of(
                        "model",
                        Stage.MODEL,
                        "training_file",
                        training,
                        "validation_file",
                        validation,
                        "suffix",
                        "tickets",
                        "seed",
                        1,
                        "method",
                        Map.of("type", "supervised", "supervised", Map.of("hyperparameters", hyperparameters))),
                row -> "loss " + number(row.path("train_loss")));
    }

    private static String number(JsonNode value) {
        return value.isNumber() ? String.format(Locale.ROOT, "%.4f", value.asDouble()) : "  -   ";
    }

    private static String accuracy(JsonNode evaluation) {
        return String.format(
                Locale.ROOT,
                "%.1f %% (%d of %d)",
                100 * evaluation.path("accuracy").asDouble(),
                evaluation.path("exact_matches").asInt(),
                evaluation.path("rows").asInt());
    }

    private void examples(JsonNode before, JsonNode after) {
        JsonNode first = before.path("samples");
        JsonNode second = after.path("samples");
        for (int i = 0; i < Math.min(first.size(), second.size()); i++) {
            stage.say("%n  ticket  %s", oneLine(first.get(i), "prompt"));
            stage.say("  wanted  %s", oneLine(first.get(i), "expected"));
            stage.say("  before  %s", oneLine(first.get(i), "answer"));
            stage.say("  after   %s", oneLine(second.get(i), "answer"));
        }
    }

    private static String oneLine(JsonNode sample, String key) {
        return sample.path(key).asString().replaceAll("\\s+", " ").strip();
    }
}
