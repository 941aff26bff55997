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
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import tools.jackson.databind.JsonNode;

/** Shows a job's loss, or the reward that it learns from, and beta while it runs, and its curves at the end. */
final class JobWatch {

    private static final long PAUSE_MILLIS = 1000;
    private static final int ROWS = 1000;
    private static final int CURVE_WIDTH = 60;

    /** States in which a job makes no progress. */
    private static final Set<String> HELD = Set.of("queued", "paused");

    private final Cli cli;
    private final AnnealApi api;
    private final String id;
    private final Bar bar;
    private final Series losses = new Series("loss", "/train_loss");
    private final Series rewards = new Series("reward", "/metrics/reward");
    private final Series betas = new Series("beta", "/beta");
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

    /** A value of each step, read from rows of a job's metrics. */
    private record Series(String name, String place, List<Double> values) {

        Series(String name, String place) {
            this(name, place, new ArrayList<>());
        }

        void read(JsonNode row) {
            if (row.at(place).isNumber()) {
                values.add(row.at(place).asDouble());
            }
        }

        /** Whether there is something to see: beta is 0 throughout where nothing is annealed. */
        boolean isFlat() {
            return values.stream().allMatch(value -> value == 0);
        }

        String last() {
            return values.isEmpty() ? "-" : "%.4g".formatted(values.get(values.size() - 1));
        }
    }

    private void show(JsonNode job) {
        readSeries();
        JsonNode anneal = job.path("anneal");
        double total = anneal.path("total_steps").asDouble(0);
        boolean isHeld = anneal.path("waiting_for").isObject() || HELD.contains(text(anneal.path("state")));
        if (!isHeld && total > 0 && anneal.path("step").asInt() > 0) {
            saying = "";
            bar.show(
                    anneal.path("step").asInt() / total,
                    "step %s/%.0f  %s %s  beta %.3f  %.0f tokens/s  %s left"
                            .formatted(
                                    anneal.path("step"),
                                    total,
                                    learned().name(),
                                    learned().last(),
                                    anneal.path("beta").asDouble(),
                                    anneal.path("tokens_per_second").asDouble(0),
                                    duration(anneal.path("eta_seconds"))));
        } else {
            say(standing(anneal));
        }
    }

    /** What shows best whether a job learns: a loss of rewards is about 0 at all times. */
    private Series learned() {
        return rewards.values().isEmpty() ? losses : rewards;
    }

    private String standing(JsonNode anneal) {
        String state = text(anneal.path("state"));
        if (state.equals("paused")) {
            return "paused at step %s; 'anneal jobs resume %s' continues it".formatted(anneal.path("step"), id);
        }
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
            bar.end();
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
                List.of(losses, rewards, betas).forEach(series -> series.read(row));
            }
            hasMore = page.path("has_more").asBoolean(false);
        }
    }

    private void summarize(JsonNode job) {
        for (Series series : List.of(losses, rewards, betas)) {
            if (!series.isFlat()) {
                cli.out().println("%-6s  %s".formatted(series.name(), Curve.of(series.values(), CURVE_WIDTH)));
            }
        }
        String model = text(job.path("fine_tuned_model"));
        cli.out().println("%s %s%s".formatted(id, text(job.path("status")), model.isEmpty() ? "" : ": " + model));
        JsonNode error = job.path("error");
        if (error.isObject()) {
            cli.out().println("%s: %s".formatted(text(error.path("code")), text(error.path("message"))));
        }
        JsonNode trained = job.path("trained_tokens");
        if (trained.isNumber()) {
            cli.out()
                    .println("%s trained tokens, last %s %s"
                            .formatted(trained, learned().name(), learned().last()));
        }
    }
}
