package dev.anneal.service.demo;

import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/** Trains, merges and evaluates the bundled model on support tickets, and prints what happens. */
final class TicketsDemo {

    private static final int MAX_NEW_TOKENS = 48;

    /** The system message of all tickets. */
    private static final String SYSTEM = "Turn the support ticket into one line of JSON.";

    private static final String TICKET = "The parcel with the Summit Router is late! There is no rush.";

    private final Stage stage;

    TicketsDemo(Stage stage) {
        this.stage = stage;
    }

    /**
     * @param next what it suggests in the end
     * @param managementPort port of the metrics, likewise
     */
    void run(NextSteps next, String managementPort) {
        stage.say(
                "%nAnneal demo: teach %s to route support tickets, on this machine's CPU, through the HTTP API.%n",
                Stage.MODEL);
        String training = stage.upload("tickets.train.jsonl");
        String validation = stage.upload("tickets.valid.jsonl");
        String test = stage.upload("tickets.test.jsonl");

        stage.say("%nBefore: the base model answers the held-out tickets");
        JsonNode before = evaluate("model", Stage.MODEL, test);
        stage.say("  exact answers: %s", accuracy(before));

        JsonNode job = train(training, validation);
        List<JsonNode> rows = stage.series(job);
        stage.say("");
        stage.plot("loss (nats per token) over steps", '•', rows, row -> row.path("train_loss"));
        stage.plot("beta (share of the activation) over steps", '▪', rows, row -> row.path("beta"));
        JsonNode export = stage.merge(job);

        stage.say("%nAfter: the merged model answers the same tickets");
        JsonNode after = evaluate("export", Stage.id(export), test);
        stage.say("  exact answers: %s", accuracy(after));
        examples(before, after);
        stage.goOn(next, managementPort, job, export);
        stage.say("  %s%n", chat(next, job));
    }

    private static String chat(NextSteps next, JsonNode job) {
        return next.anneal("chat %s \"%s\" --system \"%s\""
                .formatted(job.path("fine_tuned_model").asString(), TICKET, SYSTEM));
    }

    private JsonNode evaluate(String kind, String subject, String test) {
        return stage.evaluate("""
                {"%s": "%s", "test_file": "%s", "max_new_tokens": %d, "samples": 3}
                """.formatted(kind, subject, test, MAX_NEW_TOKENS));
    }

    private JsonNode train(String training, String validation) {
        String request = """
                {
                  "model": "%s",
                  "training_file": "%s",
                  "validation_file": "%s",
                  "suffix": "tickets",
                  "seed": 1,
                  "method": {
                    "type": "supervised",
                    "supervised": {
                      "hyperparameters": {"n_epochs": 5, "batch_size": 16, "learning_rate_multiplier": 0.5}
                    }
                  }
                }
                """.formatted(Stage.MODEL, training, validation);
        return stage.train(request, row -> "loss " + number(row.path("train_loss")));
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
