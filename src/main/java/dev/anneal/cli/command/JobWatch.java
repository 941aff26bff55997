package dev.anneal.cli.command;

import static dev.anneal.cli.command.Texts.duration;
import static dev.anneal.cli.command.Texts.text;

import dev.anneal.cli.Cli;
import dev.anneal.cli.ExitCode;
import dev.anneal.cli.client.AnnealApi;
import dev.anneal.cli.terminal.Bar;
import dev.anneal.cli.terminal.Curve;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import tools.jackson.databind.JsonNode;

/** Shows a job's loss and beta while it runs, and its curves at the end. */
final class JobWatch {

    private static final long PAUSE_MILLIS = 1000;
    private static final int ROWS = 1000;
    private static final int CURVE_WIDTH = 60;

    private final Cli cli;
    private final AnnealApi api;
    private final String id;
    private final Bar bar;
    private final List<Double> losses = new ArrayList<>();
    private final List<Double> betas = new ArrayList<>();
    private int lastStep;
    private String saying = "";

    JobWatch(Cli cli, AnnealApi api, String id) {
        this.cli = cli;
        this.api = api;
        this.id = id;
        this.bar = cli.bar();
    }

    int run() {
        AtomicBoolean hasEnded = new AtomicBoolean();
        Thread farewell = new Thread(() -> {
            if (!hasEnded.get()) {
                bar.end();
                cli.err()
                        .println(
                                "The job goes on. 'anneal jobs watch %s' shows it again, 'anneal jobs cancel %s' ends it."
                                        .formatted(id, id));
            }
        });
        Runtime.getRuntime().addShutdownHook(farewell);
        JsonNode job = Waiting.end(() -> api.get(JobsCommand.path(id)), PAUSE_MILLIS, this::show);
        hasEnded.set(true);
        bar.end();
        cli.print(job, () -> summarize(job));
        return text(job.path("status")).equals("succeeded") ? ExitCode.OK : ExitCode.FAILED;
    }

    private void show(JsonNode job) {
        readSeries();
        JsonNode anneal = job.path("anneal");
        double total = anneal.path("total_steps").asDouble(0);
        if (total > 0 && anneal.path("step").asInt() > 0) {
            bar.show(
                    anneal.path("step").asInt() / total,
                    "step %s/%.0f  loss %s  beta %.3f  %.0f tokens/s  %s left"
                            .formatted(
                                    anneal.path("step"),
                                    total,
                                    lastLoss(),
                                    anneal.path("beta").asDouble(),
                                    anneal.path("tokens_per_second").asDouble(0),
                                    duration(anneal.path("eta_seconds"))));
        } else {
            say(standing(anneal));
        }
    }

    private String lastLoss() {
        return losses.isEmpty() ? "-" : "%.4g".formatted(losses.get(losses.size() - 1));
    }

    private static String standing(JsonNode anneal) {
        String state = text(anneal.path("state"));
        JsonNode waiting = anneal.path("waiting_for");
        if (waiting.isObject()) {
            return "%s, waiting: %s".formatted(state, text(waiting.path("message")));
        }
        return anneal.path("queue_position").isNumber()
                ? "%s, %s of %s".formatted(state, anneal.path("queue_position"), anneal.path("queue_depth"))
                : state;
    }

    private void say(String standing) {
        if (!standing.equals(saying)) {
            cli.err().println(standing);
            saying = standing;
        }
    }

    private void readSeries() {
        boolean hasMore = true;
        while (hasMore) {
            JsonNode page = api.get(JobsCommand.path(id) + "/metrics?limit=" + ROWS + "&after=" + lastStep);
            for (JsonNode row : page.path("data").values()) {
                lastStep = row.path("step").asInt();
                betas.add(row.path("beta").asDouble());
                if (row.path("train_loss").isNumber()) {
                    losses.add(row.path("train_loss").asDouble());
                }
            }
            hasMore = page.path("has_more").asBoolean(false);
        }
    }

    private void summarize(JsonNode job) {
        if (!losses.isEmpty()) {
            cli.out().println("loss  " + Curve.of(losses, CURVE_WIDTH));
            cli.out().println("beta  " + Curve.of(betas, CURVE_WIDTH));
        }
        String model = text(job.path("fine_tuned_model"));
        cli.out().println("%s %s%s".formatted(id, text(job.path("status")), model.isEmpty() ? "" : ": " + model));
        JsonNode error = job.path("error");
        if (error.isObject()) {
            cli.out().println("%s: %s".formatted(text(error.path("code")), text(error.path("message"))));
        }
        JsonNode trained = job.path("trained_tokens");
        if (trained.isNumber()) {
            cli.out().println("%s trained tokens, last loss %s".formatted(trained, lastLoss()));
        }
    }
}
