package dev.anneal.cli.command;

import dev.anneal.cli.Cli;
import dev.anneal.cli.ExitStatus;
import dev.anneal.cli.client.AnnealApi;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import tools.jackson.databind.JsonNode;

/** Sends any request, for what has no command of its own. */
@Command(
        name = "api",
        description =
                "Send any request of the API with your login, and print its JSON: GET, or POST with --data or --post.")
public final class ApiCommand implements Callable<Integer> {

    @ParentCommand
    private Cli cli;

    @Parameters(paramLabel = "PATH", description = "Such as /v1/models or '/v1/files?limit=5'.")
    private String path = "";

    @Option(
            names = {"-d", "--data"},
            paramLabel = "JSON",
            description = "A body, which makes it a POST; @ reads a file.")
    private @Nullable String data;

    @Option(names = "--post", description = "POST, also without a body.")
    private boolean posts;

    @Option(names = "--delete", description = "DELETE.")
    private boolean deletes;

    @Override
    public Integer call() throws IOException {
        cli.out().println(answer(cli.generatingApi()).toPrettyString());
        return ExitStatus.OK;
    }

    private JsonNode body(String given) throws IOException {
        if (given.startsWith("@")) {
            return JsonArgument.of(Path.of(given.substring(1)));
        }
        try {
            return JsonArgument.parsed("--data", given);
        } catch (IOException notJson) {
            throw cli.wrongLine(String.valueOf(notJson.getMessage()));
        }
    }

    private JsonNode answer(AnnealApi api) throws IOException {
        String absolute = path.startsWith("/") ? path : "/" + path;
        if (deletes) {
            return api.delete(absolute);
        }
        return data == null && !posts ? api.get(absolute) : api.post(absolute, data == null ? null : body(data));
    }
}
