package dev.anneal.service.demo;

import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/**
 * Teaches the bundled model, which forgets to carry, addition by reinforcement learning (GRPO) with a checker of its
 * answers.
 */
final class SumsDemo {

    /** Completions of each test prompt. */
    private static final int COMPLETIONS = 4;

    private static final String GRADER = """
            {
              "type": "string_check", "name": "sum", "operation": "eq",
              "input": "{{sample.output_text}}", "reference": "{{item.answer}}"
            }
            """;

    private final Stage stage;

    SumsDemo(Stage stage) {
        this.stage = stage;
    }

    /**
     * @param next what it suggests in the end
     * @param managementPort port of the metrics, likewise
     */
    void run(NextSteps next, String managementPort) {
        stage.say(
                "%nAnneal demo: teach %s to add by rewarding right sums (GRPO), on this machine's CPU, through the"
                        + " HTTP API.%n",
                Stage.MODEL);
        String training = stage.upload("addition.train.jsonl");
        String test = stage.upload("addition.test.jsonl");
        String hard = stage.upload("addition-hard.test.jsonl");

        stage.say("%nBefore: the base model answers each held-out sum %d times, sampled at temperature 1", COMPLETIONS);
        score("model", Stage.MODEL, test, hard);

        JsonNode job = train(training);
        List<JsonNode> rows = stage.series(job);
        stage.say("");
        stage.plot(
                "reward (share of right sums) over steps",
                '•',
                rows,
                row -> row.path("metrics").path("reward"));
        stage.plot("beta (share of the activation) over steps", '▪', rows, row -> row.path("beta"));
        samples(job);
        JsonNode export = stage.merge(job);

        stage.say("%nAfter: the merged model answers the same sums");
        score("export", Stage.id(export), test, hard);
        stage.goOn(next, managementPort, job, export);
    }

    private void score(String kind, String subject, String test, String hard) {
        stage.say("  two numbers of two digits:                   %s", rightSums(kind, subject, test));
        stage.say("  three digits, or three numbers (not trained): %s", rightSums(kind, subject, hard));
    }

    private String rightSums(String kind, String subject, String file) {
        JsonNode evaluation = stage.evaluate("""
                {"%s": "%s", "test_file": "%s", "grader": %s, "completions": %d, "max_new_tokens": 16}
                """.formatted(kind, subject, file, GRADER, COMPLETIONS));
        return String.format(
                Locale.ROOT,
                "%.1f %% of %d",
                100 * evaluation.path("metrics").path("reward").asDouble(),
                COMPLETIONS * evaluation.path("rows").asInt());
    }

    private JsonNode train(String training) {
        String request = """
                {
                  "model": "%s",
                  "training_file": "%s",
                  "suffix": "sums",
                  "seed": 1,
                  "method": {
                    "type": "reinforcement",
                    "reinforcement": {
                      "grader": %s,
                      "hyperparameters": {"batch_size": 16, "learning_rate_multiplier": 1.5}
                    }
                  },
                  "anneal": {"max_steps": 80, "rollouts": {"group_size": 8, "max_completion_tokens": 16}}
                }
                """.formatted(Stage.MODEL, training, GRADER);
        return stage.train(
                request,
                row -> String.format(
                        Locale.ROOT,
                        "reward %.3f",
                        row.path("metrics").path("reward").asDouble()));
    }

    /** Prints the first completions of the first and of the last rollout. */
    private void samples(JsonNode job) {
        String path = "/fine_tuning/jobs/" + Stage.id(job) + "/samples?limit=2&order=";
        stage.say("%nWhat it wrote, and what that was worth");
        for (String order : List.of("asc", "desc")) {
            for (JsonNode sample : stage.get(path + order).path("data")) {
                stage.say(
                        "  step %3d  %-22s  %-6s  %s",
                        sample.path("step").asInt(),
                        lastLine(sample.path("prompt").asString()),
                        sample.path("completion").asString().strip(),
                        sample.path("reward").asString());
            }
        }
    }

    /** The question, before the template's assistant header. */
    private static String lastLine(String prompt) {
        List<String> lines = prompt.strip().lines().toList();
        return lines.get(Math.max(0, lines.size() - 2));
    }
}
