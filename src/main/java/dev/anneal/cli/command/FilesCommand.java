package dev.anneal.cli.command;

import static dev.anneal.cli.command.Texts.bytes;
import static dev.anneal.cli.command.Texts.text;
import static dev.anneal.cli.command.Texts.time;

import dev.anneal.cli.Cli;
import dev.anneal.cli.ExitStatus;
import dev.anneal.cli.client.AnnealApi;
import dev.anneal.cli.terminal.Table;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Uploads and checks files. */
@Command(name = "files", description = "Upload, check, list and delete files.")
public final class FilesCommand {

    private static final int LISTED = 1000;

    @ParentCommand
    private Cli cli;

    @Command(
            name = "upload",
            description = "Upload a file and check its rows; exit status 4 if they cannot be trained on.")
    int upload(
            @Parameters(paramLabel = "FILE") Path file,
            @Option(names = "--purpose", defaultValue = "fine-tune", description = "Default: ${DEFAULT-VALUE}.")
                    String purpose)
            throws IOException {
        LocalFiles files = new LocalFiles(cli, cli.api());
        return report(files.checked(files.upload(file, purpose)));
    }

    @Command(name = "check", description = "Show what the service found in an uploaded file.")
    int check(@Parameters(paramLabel = "FILE_ID") String id) throws IOException {
        return report(new LocalFiles(cli, cli.api()).checked(id));
    }

    private int report(JsonNode file) {
        cli.print(file, () -> FileReport.print(file, cli.out()));
        return FileReport.isUsable(file) ? ExitStatus.OK : ExitStatus.FAILED;
    }

    @Command(name = "list", description = "List files, newest first.")
    int list() throws IOException {
        List<JsonNode> files = cli.api()
                .get("/v1/files?limit=" + LISTED)
                .path("data")
                .valueStream()
                .toList();
        cli.print(JsonNodeFactory.instance.arrayNode().addAll(files), () -> {
            Table table = new Table("FILE", "NAME", "PURPOSE", "STATUS", "SIZE", "UPLOADED");
            files.forEach(file -> table.row(
                    text(file.path("id")),
                    text(file.path("filename")),
                    text(file.path("purpose")),
                    text(file.path("status")),
                    bytes(file.path("bytes").asLong()),
                    time(file.path("created_at"))));
            table.print(cli.out());
        });
        return ExitStatus.OK;
    }

    @Command(name = "delete", description = "Delete a file that no unfinished job uses.")
    int delete(@Parameters(paramLabel = "FILE_ID") String id) throws IOException {
        JsonNode answer = cli.api().delete("/v1/files/" + AnnealApi.encoded(id));
        cli.print(answer, () -> cli.out().println("Deleted " + id));
        return ExitStatus.OK;
    }
}
