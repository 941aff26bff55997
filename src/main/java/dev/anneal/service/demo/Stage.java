package dev.anneal.service.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.springframework.core.io.ClassPathResource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/** The steps of every demo: it calls the API, waits, and prints what it sees. */
final class Stage {

    static final String MODEL = "anneal-tiny";

    private static final String JOBS = "/fine_tuning/jobs/";

    private final AnnealClient client;
    private final PrintStream out;
    private final boolean redraws;

    /**
     * @param redraws whether lines can be redrawn, as on a terminal
     */
    Stage(AnnealClient client, PrintStream out, boolean redraws) {
        this.client = client;
        this.out = out;
        this.redraws = redraws;
    }

    void say(String format, Object... values) {
        out.println(String.format(Locale.ROOT, format, values));
    }

    String upload(String name) {
        String id = client.upload(new ClassPathResource("demo/" + name));
        JsonNode report = client.get("/files/" + id).path("anneal").path("validation_report");
        say("  uploaded %-21s %4d rows  %s", name, report.path("accepted").asInt(), id);
        return id;
    }

    JsonNode evaluate(String request) {
        String id = AnnealClient.id(client.post("/fine_tuning/evaluations", request));
        return client.await("/fine_tuning/evaluations/" + id, unused -> {});
    }

    /**
     * Creates a job and follows it to its end.
     *
     * @param shown describes the newest step for the line of progress
     */
    JsonNode train(String request, Function<JsonNode, String> shown) {
        JsonNode created = client.post("/fine_tuning/jobs", request);
        String path = JOBS + AnnealClient.id(created);
        say("%nTraining an AFA-LoRA adapter: job %s", AnnealClient.id(created));
        ProgressLine line = new ProgressLine(out, redraws);
        JsonNode job = client.await(path, now -> line.show(now, newest(path, now, shown)));
        say(
                "  %s, %d tokens trained on, beta %s",
                job.path("fine_tuned_model").asString(),
                job.path("trained_tokens").asInt(),
                job.path("anneal").path("beta").asString());
        return job;
    }

    private String newest(String path, JsonNode job, Function<JsonNode, String> shown) {
        int before = Math.max(0, job.path("anneal").path("step").asInt() - 1);
        JsonNode rows = client.get(path + "/metrics?after=" + before).path("data");
        return rows.isEmpty() ? "" : shown.apply(rows.get(rows.size() - 1));
    }

    /** Rows of the job's series. */
    List<JsonNode> series(JsonNode job) {
        return client.all(JOBS + AnnealClient.id(job) + "/metrics");
    }

    void plot(String title, char mark, List<JsonNode> rows, Function<JsonNode, JsonNode> value) {
        List<Double> values = rows.stream()
                .map(value)
                .filter(JsonNode::isNumber)
                .map(JsonNode::asDouble)
                .toList();
        out.print(TerminalPlot.of(title, mark, values));
    }

    /** Events of the job, oldest first. */
    List<JsonNode> events(JsonNode job) {
        return client.all(JOBS + AnnealClient.id(job) + "/events");
    }

    /** The messages of the first rows of a file before their answers, as JSON texts. */
    List<String> questions(String name, int rows) {
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(new ClassPathResource("demo/" + name).getInputStream(), UTF_8))) {
            return lines.lines().limit(rows).map(Stage::withoutAnswer).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String withoutAnswer(String line) {
        ArrayNode messages = (ArrayNode) JsonMapper.shared().readTree(line).path("messages");
        messages.remove(messages.size() - 1);
        return messages.toString();
    }

    JsonNode get(String path) {
        return client.get(path);
    }

    JsonNode post(String path, String json) {
        return client.post(path, json);
    }

    JsonNode merge(JsonNode job) {
        String path = JOBS + AnnealClient.id(job);
        say("%nMerging the adapter into the base weights");
        String id = AnnealClient.id(client.post(path + "/merge", "{}"));
        JsonNode export = client.await(path + "/exports/" + id, unused -> {});
        JsonNode proof = export.path("proof");
        say(
                "  beta %s, %s of %s target tensors changed, differs from the base: %s",
                proof.path("beta").asString(),
                proof.path("tensors_changed").asString(),
                proof.path("tensors_targeted").asString(),
                proof.path("differs_from_base").asString());
        say(
                "  against base + adapter on %s prompts: max |logit difference| %.3f, mean KL %.1e (allowed %.0e)%s",
                proof.path("probe_prompts").asString(),
                proof.path("max_abs_logit_diff").asDouble(),
                proof.path("mean_kl").asDouble(),
                proof.path("tolerance").path("mean_kl").asDouble(),
                proof.path("top1_agreement").isNumber()
                        ? ", best token equal %.1f %% (at least %.0f %%)"
                                .formatted(
                                        100 * proof.path("top1_agreement").asDouble(),
                                        100
                                                * proof.path("tolerance")
                                                        .path("top1_agreement")
                                                        .asDouble())
                        : "");
        return export;
    }

    /**
     * The last lines.
     *
     * @param managementPort port of the service's metrics
     */
    void goOn(NextSteps next, String managementPort, JsonNode job, JsonNode export) {
        String base = next.api(JOBS + AnnealClient.id(job));
        goOn(next, job);
        say("  curl '%s/metrics?format=csv'", base);
        say("  curl %s/exports/%s/archive | tar xv        # a Hugging Face directory", base, AnnealClient.id(export));
        say("  curl http://127.0.0.1:%s/actuator/prometheus | grep anneal_", managementPort);
    }

    /** The first of the last lines. */
    void goOn(NextSteps next, JsonNode job) {
        out.println(next.beginning(AnnealClient.id(job)));
    }
}
