package dev.anneal.cli.command;

import static dev.anneal.cli.command.Texts.bytes;
import static dev.anneal.cli.command.Texts.duration;
import static dev.anneal.cli.command.Texts.figure;
import static dev.anneal.cli.command.Texts.text;
import static dev.anneal.cli.command.Texts.time;

import dev.anneal.cli.Cli;
import dev.anneal.cli.ExitStatus;
import dev.anneal.cli.client.AnnealApi;
import dev.anneal.cli.client.Patience;
import dev.anneal.cli.terminal.Table;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParentCommand;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Tells what a job would need, without creating it. */
@Command(name = "estimate", description = "Tell what a job would need, without creating it.")
public final class EstimateCommand implements Callable<Integer> {

    private static final Duration PAUSE = Duration.ofMillis(500);

    @ParentCommand
    private Cli cli;

    @Mixin
    private JobOptions options;

    @Override
    public Integer call() throws IOException {
        ObjectNode request = options.request();
        AnnealApi api = cli.api();
        new JobRequests(cli, api, new LocalFiles(cli, api)).complete(request);
        JsonNode estimate = api.post(JobRequests.ESTIMATE, request);
        Patience patience = cli.patience(cli.bar());
        while (!estimate.path("complete").asBoolean()) {
            Patience.pause(PAUSE);
            estimate = patience.ask(() -> api.post(JobRequests.ESTIMATE, request));
        }
        JsonNode complete = estimate;
        cli.print(complete, () -> show(complete));
        return ExitStatus.OK;
    }

    private void show(JsonNode estimate) {
        Table table = new Table("WHAT", "ESTIMATE")
                .row("rows", text(estimate.path("rows")))
                .row("tokens", text(estimate.path("tokens")))
                .row("shared tokens", text(estimate.path("shared_tokens")))
                .row("steps", text(estimate.path("total_steps")))
                .row("beta is 0 from step", text(estimate.path("annealed_at_step")))
                .row("memory", bytes(estimate.at("/memory/total_bytes").asLong()))
                .row("time", expected(estimate))
                .row("expected start", time(estimate.path("expected_start")));
        if (estimate.path("devices").asInt() > 1) {
            table.row("devices, with this memory each", text(estimate.path("devices")));
            if (estimate.path("device_hours").isNumber()) {
                table.row("hours of all devices", figure(estimate.path("device_hours")));
            }
        }
        if (estimate.path("completion_tokens").isNumber()) {
            table.row("tokens of a completion", text(estimate.path("completion_tokens")));
        }
        table.print(cli.out());
        Table settings = new Table("SETTING", "VALUE");
        addTo(settings, "", estimate.path("hyperparameters"));
        addTo(settings, "", estimate.path("afa_lora"));
        cli.out().println();
        settings.print(cli.out());
        estimate.path("warnings").values().forEach(warning -> cli.out().println("warning: " + text(warning)));
    }

    /**
     * How long the job takes: one time, or from the shortest to the longest where it is a guess or the length of
     * completions is not known.
     */
    private static String expected(JsonNode estimate) {
        JsonNode range = estimate.path("duration_range");
        return range.isObject()
                ? "%s to %s".formatted(duration(range.path("from_seconds")), duration(range.path("to_seconds")))
                : duration(estimate.path("duration_seconds"));
    }

    /** The settings as they are resolved, objects in objects by their paths. */
    private static void addTo(Table table, String path, JsonNode settings) {
        settings.properties().forEach(setting -> {
            String name = path + setting.getKey();
            if (setting.getValue().isObject()) {
                addTo(table, name + ".", setting.getValue());
            } else {
                table.row(name, value(setting.getValue()));
            }
        });
    }

    private static String value(JsonNode setting) {
        return setting.isArray()
                ? setting.valueStream().map(Texts::text).collect(Collectors.joining(", "))
                : text(setting);
    }
}
