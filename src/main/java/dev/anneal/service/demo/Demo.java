package dev.anneal.service.demo;

import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.springframework.core.io.ClassPathResource;
import tools.jackson.databind.JsonNode;

/** Trains, merges and judges the bundled model on support tickets, and tells what happens. */
final class Demo {

    private static final String MODEL = "anneal-tiny";
    private static final int MAX_NEW_TOKENS = 48;

    private final AnnealClient client;
    private final PrintStream out;
    private final boolean redraws;

    Demo(AnnealClient client, PrintStream out, boolean redraws) {
        this.client = client;
        this.out = out;
        this.redraws = redraws;
    }

    /**
     * @param rootUrl where the service listens, shown in the lines to go on with
     * @param managementPort where its metrics are, likewise
     */
    void run(String rootUrl, String managementPort) {
        say("%nAnneal demo: teach %s to route support tickets, on this machine's CPU, through the HTTP API.%n", MODEL);
        String training = upload("tickets.train.jsonl");
        String validation = upload("tickets.valid.jsonl");
        String test = upload("tickets.test.jsonl");

        say("%nBefore: the base model answers the held-out tickets");
        JsonNode before = evaluate(Map.of("model", MODEL, "test_file", test));
        say("  exact answers: %s", accuracy(before));

        JsonNode job = train(training, validation);
        plot(job);
        JsonNode export = merge(job);

        say("%nAfter: the merged model answers the same tickets");
        JsonNode after = evaluate(Map.of("export", AnnealClient.id(export), "test_file", test));
        say("  exact answers: %s", accuracy(after));
        examples(before, after);
        goOn(rootUrl, managementPort, job, export);
    }

    private String upload(String name) {
        String id = client.upload(new ClassPathResource("demo/" + name));
        JsonNode report = client.get("/files/" + id).path("anneal").path("validation_report");
        say("  uploaded %-21s %4d rows  %s", name, report.path("accepted").asInt(), id);
        return id;
    }

    private JsonNode evaluate(Map<String, Object> what) {
        Map<String, Object> request = new LinkedHashMap<>(what);
        request.put("max_new_tokens", MAX_NEW_TOKENS);
        request.put("samples", 3);
        String id = AnnealClient.id(client.post("/fine_tuning/evaluations", request));
        return client.await("/fine_tuning/evaluations/" + id, unused -> {});
    }

    private JsonNode train(String training, String validation) {
        JsonNode created = client.post(
                "/fine_tuning/jobs",
                Map.of(
                        "model",
                        MODEL,
                        "training_file",
                        training,
                        "validation_file",
                        validation,
                        "suffix",
                        "tickets",
                        "seed",
                        1,
                        "method",
                        Map.of(
                                "type",
                                "supervised",
                                "supervised",
                                Map.of(
                                        "hyperparameters",
                                        Map.of("n_epochs", 5, "batch_size", 16, "learning_rate_multiplier", 0.5)))));
        String path = "/fine_tuning/jobs/" + AnnealClient.id(created);
        say("%nTraining an AFA-LoRA adapter: job %s", AnnealClient.id(created));
        ProgressLine line = new ProgressLine(out, redraws);
        JsonNode job = client.await(path, now -> line.show(now, latestLoss(path, now)));
        say(
                "  %s, %d tokens trained on, beta %s",
                job.path("fine_tuned_model").asString(),
                job.path("trained_tokens").asInt(),
                job.path("anneal").path("beta").asString());
        return job;
    }

    private double latestLoss(String path, JsonNode job) {
        int before = Math.max(0, job.path("anneal").path("step").asInt() - 1);
        JsonNode rows = client.get(path + "/metrics?after=" + before).path("data");
        return rows.isEmpty()
                ? Double.NaN
                : rows.get(rows.size() - 1).path("train_loss").asDouble(Double.NaN);
    }

    private void plot(JsonNode job) {
        List<JsonNode> rows = client.all("/fine_tuning/jobs/" + AnnealClient.id(job) + "/metrics");
        say("");
        out.print(TerminalPlot.of("loss (nats per token) over steps", '•', series(rows, "train_loss")));
        out.print(TerminalPlot.of("beta (share of the activation) over steps", '▪', series(rows, "beta")));
    }

    private static List<Double> series(List<JsonNode> rows, String key) {
        return rows.stream()
                .map(row -> row.path(key))
                .filter(JsonNode::isNumber)
                .map(JsonNode::asDouble)
                .toList();
    }

    private JsonNode merge(JsonNode job) {
        String path = "/fine_tuning/jobs/" + AnnealClient.id(job);
        say("%nMerging the adapter into the base weights");
        String id = AnnealClient.id(client.post(path + "/merge", Map.of()));
        JsonNode export = client.await(path + "/exports/" + id, unused -> {});
        JsonNode proof = export.path("proof");
        say(
                "  beta %s, %s of %s target tensors changed, differs from the base: %s",
                proof.path("beta").asString(),
                proof.path("tensors_changed").asString(),
                proof.path("tensors_targeted").asString(),
                proof.path("differs_from_base").asString());
        say(
                "  against base + adapter on %s prompts: max |logit difference| %.3f, mean KL %.1e (allowed %.0e),"
                        + " best token equal %.1f %% (at least %.0f %%)",
                proof.path("probe_prompts").asString(),
                proof.path("max_abs_logit_diff").asDouble(),
                proof.path("mean_kl").asDouble(),
                proof.path("tolerance").path("mean_kl").asDouble(),
                100 * proof.path("top1_agreement").asDouble(),
                100 * proof.path("tolerance").path("top1_agreement").asDouble());
        return export;
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
            say("%n  ticket  %s", oneLine(first.get(i), "prompt"));
            say("  wanted  %s", oneLine(first.get(i), "expected"));
            say("  before  %s", oneLine(first.get(i), "answer"));
            say("  after   %s", oneLine(second.get(i), "answer"));
        }
    }

    private static String oneLine(JsonNode sample, String key) {
        return sample.path(key).asString().replaceAll("\\s+", " ").strip();
    }

    private void goOn(String rootUrl, String managementPort, JsonNode job, JsonNode export) {
        String base = rootUrl + "/v1/fine_tuning/jobs/" + AnnealClient.id(job);
        say("%nThe service keeps running at %s (stop it with Ctrl-C). To go on:", rootUrl);
        say("  curl %s", base);
        say("  curl '%s/metrics?format=csv'", base);
        say("  curl -N '%s/events?stream=true'", base);
        say("  curl %s/exports/%s/archive | tar xv        # a Hugging Face directory", base, AnnealClient.id(export));
        say("  curl http://127.0.0.1:%s/actuator/prometheus | grep anneal_%n", managementPort);
    }

    private void say(String format, Object... values) {
        out.println(String.format(Locale.ROOT, format, values));
    }
}
