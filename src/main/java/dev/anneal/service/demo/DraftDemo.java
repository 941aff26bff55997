package dev.anneal.service.demo;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/** Trains a draft head for the bundled model, and generates with and without it. */
final class DraftDemo {

    private static final int ANSWER_TOKENS = 64;
    private static final int QUESTIONS = 12;

    private final Stage stage;

    DraftDemo(Stage stage) {
        this.stage = stage;
    }

    /** @param next what it suggests in the end */
    void run(NextSteps next) {
        stage.say(
                "%nAnneal demo: train a draft for speculative decoding of %s, on this machine's CPU, through the HTTP"
                        + " API.%n",
                Stage.MODEL);
        String training = stage.upload("tickets.train.jsonl");
        String validation = stage.upload("tickets.valid.jsonl");

        JsonNode job = train(training, validation);
        List<JsonNode> rows = stage.series(job);
        stage.say("");
        stage.plot(
                "loss (nats per token, all steps of training-time test) over steps",
                '•',
                rows,
                row -> row.path("train_loss"));
        stage.plot("beta (share of the activation) over steps", '▪', rows, row -> row.path("beta"));
        acceptance(job);
        generate(job.path("fine_tuned_model").asString());
        goOn(next, job);
    }

    /** The target writes the answers that the head learns from. */
    private JsonNode train(String training, String validation) {
        String request = """
                {
                  "model": "%s",
                  "training_file": "%s",
                  "validation_file": "%s",
                  "suffix": "draft",
                  "seed": 1,
                  "method": {
                    "type": "speculative_draft",
                    "speculative_draft": {
                      "kind": "eagle3",
                      "regenerate": {"temperature": 0, "max_tokens": %d},
                      "evaluation": {"prompts": 16, "max_tokens": %d},
                      "hyperparameters": {"batch_size": 16}
                    }
                  },
                  "anneal": {"max_steps": 120, "learning_rate": 0.003, "eval_interval": 120}
                }
                """.formatted(Stage.MODEL, training, validation, ANSWER_TOKENS, ANSWER_TOKENS);
        return stage.train(
                request,
                row -> String.format(
                        Locale.ROOT,
                        "accepted %.3f",
                        row.path("metrics").path("acceptance/1").asDouble()));
    }

    /** Acceptance lengths by the steps after which they were measured. */
    private void acceptance(JsonNode job) {
        Map<Integer, JsonNode> measured = new TreeMap<>();
        for (JsonNode event : stage.events(job)) {
            JsonNode data = event.path("data");
            if (data.has("full_valid_acceptance_length/greedy")) {
                measured.put(data.path("step").asInt(), data);
            }
        }
        stage.say(
                "%nTokens of each pass of %s while it answers held-out tickets with the draft (1 without)",
                Stage.MODEL);
        measured.forEach((step, data) -> stage.say(
                "  after step %3d: %.2f greedily, %.2f at temperature 1",
                step,
                data.path("full_valid_acceptance_length/greedy").asDouble(),
                data.path("full_valid_acceptance_length/sampled").asDouble()));
    }

    private void generate(String draft) {
        List<String> questions = stage.questions("tickets.test.jsonl", QUESTIONS);
        stage.say("%nThe same %d tickets, one after another, without the draft and with it", questions.size());
        // The first answers load both.
        Speed.of(stage, questions.subList(0, 2), "\"" + draft + "\"", ANSWER_TOKENS);
        Speed alone = Speed.of(stage, questions, "null", ANSWER_TOKENS);
        Speed drafted = Speed.of(stage, questions, "\"" + draft + "\"", ANSWER_TOKENS);
        stage.say("  without: %6.1f tokens/s", alone.tokensPerSecond());
        stage.say(
                "  with:    %6.1f tokens/s, %d of %d tokens were proposed by the draft",
                drafted.tokensPerSecond(), drafted.accepted(), drafted.tokens());
        stage.say("  equal texts: %s", alone.texts().equals(drafted.texts()) ? "all" : "NO");
        stage.say("  A pass of so small a model takes little longer than its draft's; docs/performance.md has the speed"
                + " of a larger one.");
    }

    private void goOn(NextSteps next, JsonNode job) {
        stage.goOn(next, job);
        stage.say(
                "  curl %s -H 'Content-Type: application/json' -d '{\"draft\": \"%s\"}'   # for every request%n",
                next.api("/models/" + Stage.MODEL + "/draft"),
                job.path("fine_tuned_model").asString());
    }
}
