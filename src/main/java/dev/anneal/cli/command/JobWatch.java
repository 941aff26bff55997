package dev.anneal.cli.command;

import static dev.anneal.cli.command.Texts.duration;
import static dev.anneal.cli.command.Texts.text;

import dev.anneal.cli.Cli;
import dev.anneal.cli.ExitStatus;
import dev.anneal.cli.client.AnnealApi;
import dev.anneal.cli.client.Patience;
import dev.anneal.cli.terminal.Bar;
import dev.anneal.cli.terminal.Curve;
import java.time.Duration;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import tools.jackson.databind.JsonNode;

/** Shows a job's loss, or the reward that it learns from, beta and the annealing gap, and its curves at the end. */
final class JobWatch {

    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final int ROWS = 1000;
    private static final int CURVE_WIDTH = 60;

    /** States in which a job makes no progress. */
    private static final Set<String> HELD = Set.of("queued", "paused");

    private final Cli cli;
    private final AnnealApi api;
    private final String id;
    private final Bar bar;
    private final Series losses = new Series("loss", "/train_loss");
    private final Series validations = new Series("validation", "/valid_loss");
    private final Series rewards = new Series("reward", "/metrics/reward");
    private final Series betas = new Series("beta", "/beta");
    private final Series gaps = new Series("gap", "/metrics/annealing~1gap");
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
                        .println(("The job goes on. 'anneal jobs watch %s' shows it again, 'anneal jobs cancel %s'"
                                        + " ends it.")
                                .formatted(id, id));
            }
        });
        Runtime.getRuntime().addShutdownHook(farewell);
        JsonNode job;
        try {
            JsonNode first = api.get(JobsCommand.path(id));
            Patience patience = cli.patience(bar);
            patience.ask(() -> show(first));
            job = Polling.end(first, () -> api.get(JobsCommand.path(id)), PAUSE, patience, this::show);
        } finally {
            hasEnded.set(true);
            bar.end();
        }
        cli.print(job, () -> summarize(job));
        return text(job.path("status")).equals("succeeded") ? ExitStatus.OK : ExitStatus.FAILED;
    }

    /** A value of each step that has one, read from rows of a job's metrics. */
    private record Series(String name, String place, NavigableMap<Integer, Double> steps) {

        Series(String name, String place) {
            this(name, place, new TreeMap<>());
        }

        void read(JsonNode row) {
            if (row.at(place).isNumber()) {
                steps.put(row.path("step").asInt(), row.at(place).asDouble());
            }
        }

        List<Double> values() {
            return List.copyOf(steps.values());
        }

        /** Whether there is something to see: beta is 0 throughout where nothing is annealed. */
        boolean isFlat() {
            return steps.values().stream().allMatch(value -> value == 0);
        }

        String last() {
            return steps.isEmpty() ? "-" : "%.4g".formatted(steps.lastEntry().getValue());
        }
    }

    private JsonNode show(JsonNode job) {
        JsonNode anneal = job.path("anneal");
        readSeries(anneal.path("step").asInt());
        double total = anneal.path("total_steps").asDouble(0);
        boolean isHeld = anneal.path("waiting_for").isObject() || HELD.contains(text(anneal.path("state")));
        if (!isHeld && total > 0 && anneal.path("step").asInt() > 0) {
            saying = "";
            bar.show(
                    anneal.path("step").asInt() / total,
                    "step %s/%.0f  %s  beta %.3f%s  %.0f tokens/s  %s left"
                            .formatted(
                                    anneal.path("step"),
                                    total,
                                    learning(),
                                    anneal.path("beta").asDouble(),
                                    gap(anneal.path("beta").asDouble()),
                                    anneal.path("tokens_per_second").asDouble(0),
                                    duration(anneal.path("eta_seconds"))));
        } else {
            say(standing(anneal));
        }
        return job;
    }

    private String learning() {
        return validations.steps().isEmpty()
                ? "%s %s".formatted(learned().name(), learned().last())
                : "%s %s  %s %s".formatted(learned().name(), learned().last(), validations.name(), validations.last());
    }

    /** What a merge would cost, while something is annealed. */
    private String gap(double beta) {
        return beta == 0 || gaps.steps().isEmpty() ? "" : " gap " + gaps.last();
    }

    private List<Series> series() {
        return List.of(losses, validations, rewards, betas, gaps);
    }

    /** What shows best whether a job learns: a loss of rewards is about 0 at all times. */
    private Series learned() {
        return rewards.steps().isEmpty() ? losses : rewards;
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

    /** Reads the last row again: the validation after a step is added to it. After a fault, a job does steps again. */
    private void readSeries(int step) {
        if (step < lastStep) {
            series().forEach(series -> series.steps().tailMap(step, false).clear());
        }
        lastStep = Math.max(0, Math.min(step, lastStep) - 1);
        boolean hasMore = true;
        while (hasMore) {
            JsonNode page = api.get(JobsCommand.path(id) + "/metrics?limit=" + ROWS + "&after=" + lastStep);
            for (JsonNode row : page.path("data").values()) {
                lastStep = row.path("step").asInt();
                series().forEach(series -> series.read(row));
            }
            hasMore = page.path("has_more").asBoolean(false);
        }
    }

    private void summarize(JsonNode job) {
        for (Series series : series()) {
            if (!series.isFlat()) {
                cli.out().println("%-10s  %s".formatted(series.name(), Curve.of(series.values(), CURVE_WIDTH)));
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
            cli.out().println("%s trained tokens, last %s".formatted(trained, learning()));
        }
    }
}
