package dev.anneal.cli.command;

import static dev.anneal.cli.command.Texts.bytes;
import static dev.anneal.cli.command.Texts.duration;
import static dev.anneal.cli.command.Texts.text;
import static dev.anneal.cli.command.Texts.time;

import dev.anneal.cli.Cli;
import dev.anneal.cli.client.AnnealApi;
import dev.anneal.cli.terminal.Table;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParentCommand;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Tells what a job would need, without creating it. */
@Command(name = "estimate", description = "Tell what a job would need, without creating it.")
public final class EstimateCommand implements Callable<Integer> {

    private static final long PAUSE_MILLIS = 500;

    @ParentCommand
    private Cli cli;

    @Mixin
    private JobOptions options;

    @Override
    public Integer call() throws IOException {
        AnnealApi api = cli.api();
        ObjectNode request = options.request(api, cli.bar());
        JsonNode estimate = api.post("/v1/fine_tuning/estimate", request);
        while (!estimate.path("complete").asBoolean()) {
            Waiting.pause(PAUSE_MILLIS);
            estimate = api.post("/v1/fine_tuning/estimate", request);
        }
        JsonNode complete = estimate;
        cli.print(complete, () -> show(complete));
        return 0;
    }

    private void show(JsonNode estimate) {
        new Table("WHAT", "ESTIMATE")
                .row("rows", text(estimate.path("rows")))
                .row("tokens", text(estimate.path("tokens")))
                .row("shared tokens", text(estimate.path("shared_tokens")))
                .row("steps", text(estimate.path("total_steps")))
                .row("beta is 0 from step", text(estimate.path("annealed_at_step")))
                .row("memory", bytes(estimate.at("/memory/total_bytes").asLong()))
                .row("time", duration(estimate.path("duration_seconds")))
                .row("expected start", time(estimate.path("expected_start")))
                .print(cli.out());
        estimate.path("warnings").values().forEach(warning -> cli.out().println("warning: " + text(warning)));
    }
}
