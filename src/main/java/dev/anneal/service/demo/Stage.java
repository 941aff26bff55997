package dev.anneal.service.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.anneal.cli.client.AnnealApi;
import dev.anneal.cli.client.Patience;
import dev.anneal.cli.terminal.Bar;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.springframework.core.io.ClassPathResource;
import org.springframework.util.FileSystemUtils;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/** The steps of every demo: it calls the API, waits, and prints what it sees. */
final class Stage {

    static final String MODEL = "anneal-tiny";

    private static final String JOBS = "/fine_tuning/jobs/";
    private static final Set<String> SUCCESS = Set.of("succeeded", "processed");
    private static final Set<String> FAILURE = Set.of("failed", "cancelled", "error");
    private static final Duration POLL_INTERVAL = Duration.ofMillis(500);

    private final AnnealApi api;
    private final PrintWriter out;
    private final boolean redraws;

    /**
     * @param redraws whether lines can be redrawn, as on a terminal
     */
    Stage(AnnealApi api, PrintWriter out, boolean redraws) {
        this.api = api;
        this.out = out;
        this.redraws = redraws;
    }

    void say(String format, Object... values) {
        out.println(String.format(Locale.ROOT, format, values));
    }

    String upload(String name) {
        JsonNode file = await("/files/" + id(send(name)), unused -> {});
        int rows = file.at("/anneal/validation_report/accepted").asInt();
        say("  uploaded %-21s %4d rows  %s", name, rows, id(file));
        return id(file);
    }

    private JsonNode send(String name) {
        try (InputStream content = new ClassPathResource("demo/" + name).getInputStream()) {
            Path folder = Files.createTempDirectory("anneal-demo");
            try {
                Files.copy(content, folder.resolve(name));
                return api.upload(folder.resolve(name), "fine-tune", bytes -> {});
            } finally {
                FileSystemUtils.deleteRecursively(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Polls an object until its status is final.
     *
     * @param onChange sees each state
     * @throws IllegalStateException if it does not end well; the message holds the API's error
     */
    private JsonNode await(String path, Consumer<JsonNode> onChange) {
        JsonNode current = get(path);
        onChange.accept(current);
        while (!SUCCESS.contains(current.path("status").asString())) {
            if (FAILURE.contains(current.path("status").asString())) {
                throw new IllegalStateException("%s ended as %s: %s"
                        .formatted(path, current.path("status").asString(), current.path("error")));
            }
            Patience.pause(POLL_INTERVAL);
            current = get(path);
            onChange.accept(current);
        }
        return current;
    }

    static String id(JsonNode object) {
        return object.path("id").asString();
    }

    JsonNode evaluate(String request) {
        return await("/fine_tuning/evaluations/" + id(post("/fine_tuning/evaluations", request)), unused -> {});
    }

    /**
     * Creates a job and follows it to its end.
     *
     * @param shown describes the newest step for the line of progress
     */
    JsonNode train(String request, Function<JsonNode, String> shown) {
        String id = id(post("/fine_tuning/jobs", request));
        say("%nTraining an AFA-LoRA adapter: job %s", id);
        Bar bar = new Bar(out, redraws);
        JsonNode job = await(JOBS + id, now -> show(bar, now, shown));
        bar.end();
        say(
                "  %s, %d tokens trained on, beta %s",
                job.path("fine_tuned_model").asString(),
                job.path("trained_tokens").asInt(),
                job.path("anneal").path("beta").asString());
        return job;
    }

    private void show(Bar bar, JsonNode job, Function<JsonNode, String> shown) {
        JsonNode anneal = job.path("anneal");
        int step = anneal.path("step").asInt(0);
        int total = anneal.path("total_steps").asInt(0);
        if (total > 0) {
            String text = String.format(
                    Locale.ROOT,
                    "step %3d/%d  %-12s  beta %.3f  %5.0f tokens/s  ETA %3.0f s",
                    step,
                    total,
                    newest(job, step, shown),
                    anneal.path("beta").asDouble(1),
                    anneal.path("tokens_per_second").asDouble(0),
                    anneal.path("eta_seconds").asDouble(0));
            bar.show((double) step / total, text);
        }
    }

    private String newest(JsonNode job, int step, Function<JsonNode, String> shown) {
        JsonNode rows =
                get(JOBS + id(job) + "/metrics?after=" + Math.max(0, step - 1)).path("data");
        return rows.isEmpty() ? "" : shown.apply(rows.get(rows.size() - 1));
    }

    /** Rows of the job's series. */
    List<JsonNode> series(JsonNode job) {
        return api.list("/v1" + JOBS + id(job) + "/metrics", Integer.MAX_VALUE);
    }

    void plot(String title, char mark, List<JsonNode> rows, Function<JsonNode, JsonNode> value) {
        List<Double> values = rows.stream()
                .map(value)
                .filter(JsonNode::isNumber)
                .map(JsonNode::asDouble)
                .toList();
        out.print(TerminalPlot.of(title, mark, values));
        out.flush();
    }

    /** Events of the job, oldest first. */
    List<JsonNode> events(JsonNode job) {
        return api.list("/v1" + JOBS + id(job) + "/events", Integer.MAX_VALUE);
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
        return api.get("/v1" + path);
    }

    JsonNode post(String path, String json) {
        return api.post("/v1" + path, JsonMapper.shared().readTree(json));
    }

    JsonNode merge(JsonNode job) {
        String path = JOBS + id(job);
        say("%nMerging the adapter into the base weights");
        JsonNode export = await(path + "/exports/" + id(post(path + "/merge", "{}")), unused -> {});
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
        String base = next.api(JOBS + id(job));
        goOn(next, job);
        say("  curl '%s/metrics?format=csv'", base);
        say("  curl %s/exports/%s/archive | tar xv        # a Hugging Face directory", base, id(export));
        say("  curl http://127.0.0.1:%s/actuator/prometheus | grep anneal_", managementPort);
    }

    /** The first of the last lines. */
    void goOn(NextSteps next, JsonNode job) {
        out.println(next.beginning(id(job)));
    }
}
