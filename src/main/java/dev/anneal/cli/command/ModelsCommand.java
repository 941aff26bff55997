package dev.anneal.cli.command;

import static dev.anneal.cli.command.Texts.text;
import static dev.anneal.cli.command.Texts.time;

import dev.anneal.cli.Cli;
import dev.anneal.cli.client.AnnealApi;
import dev.anneal.cli.terminal.Table;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import tools.jackson.databind.JsonNode;

/** Lists models, or deletes one. */
@Command(name = "models", description = "List base and tuned models.")
public final class ModelsCommand implements Callable<Integer> {

    @ParentCommand
    private Cli cli;

    @Option(names = "--delete", paramLabel = "MODEL", description = "Delete this tuned model.")
    private @Nullable String deleted;

    @Parameters(arity = "0..1", paramLabel = "MODEL", description = "Show only this one.")
    private @Nullable String model;

    @Override
    public Integer call() throws IOException {
        AnnealApi api = cli.api();
        if (deleted != null) {
            JsonNode answer = api.delete("/v1/models/" + AnnealApi.encoded(deleted));
            cli.print(answer, () -> cli.out().println("Deleted " + deleted));
            return 0;
        }
        JsonNode answer = api.get(model == null ? "/v1/models" : "/v1/models/" + AnnealApi.encoded(model));
        List<JsonNode> models = model == null ? List.copyOf(answer.path("data").values()) : List.of(answer);
        cli.print(model == null ? answer.path("data") : answer, () -> {
            Table table = new Table("MODEL", "OWNER", "CREATED");
            for (JsonNode each : models) {
                table.row(text(each.path("id")), text(each.path("owned_by")), time(each.path("created")));
            }
            table.print(cli.out());
        });
        return 0;
    }
}
