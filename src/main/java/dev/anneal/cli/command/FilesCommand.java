package dev.anneal.cli.command;

import static dev.anneal.cli.command.Texts.bytes;
import static dev.anneal.cli.command.Texts.text;
import static dev.anneal.cli.command.Texts.time;

import dev.anneal.cli.Cli;
import dev.anneal.cli.ExitCode;
import dev.anneal.cli.client.AnnealApi;
import dev.anneal.cli.terminal.Bar;
import dev.anneal.cli.terminal.Table;
import java.io.IOException;
import java.nio.file.Files;
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
        AnnealApi api = cli.api();
        JsonNode uploaded = Uploads.send(api, file, purpose, cli.bar());
        return report(purpose.equals("fine-tune") ? Uploads.checked(api, text(uploaded.path("id"))) : uploaded);
    }

    @Command(name = "check", description = "Show what the service found in an uploaded file.")
    int check(@Parameters(paramLabel = "FILE_ID") String id) throws IOException {
        return report(Uploads.checked(cli.api(), id));
    }

    private int report(JsonNode file) {
        cli.print(file, () -> {
            cli.out()
                    .println("%s  %s  %s"
                            .formatted(text(file.path("id")), text(file.path("filename")), text(file.path("status"))));
            JsonNode report = file.at("/anneal/validation_report");
            if (report.isObject()) {
                cli.out()
                        .println("rows of the format '%2$s' that can be used: %1$s of %3$s"
                                .formatted(report.path("accepted"), text(report.path("format")), report.path("lines")));
                report.path("first_problems")
                        .values()
                        .forEach(problem -> cli.out()
                                .println("line %s, %s: expected %s, found %s; %s"
                                        .formatted(
                                                problem.path("line"),
                                                text(problem.path("path")),
                                                text(problem.path("expected")),
                                                text(problem.path("found")),
                                                text(problem.path("remedy")))));
                report.path("warnings").values().forEach(warning -> cli.out().println("warning: " + text(warning)));
            }
        });
        return text(file.path("status")).equals("error") ? ExitCode.FAILED : ExitCode.OK;
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
        return ExitCode.OK;
    }

    @Command(name = "delete", description = "Delete a file that no unfinished job uses.")
    int delete(@Parameters(paramLabel = "FILE_ID") String id) throws IOException {
        JsonNode answer = cli.api().delete("/v1/files/" + AnnealApi.encoded(id));
        cli.print(answer, () -> cli.out().println("Deleted " + id));
        return ExitCode.OK;
    }

    /** Uploads, which other commands need as well. */
    static final class Uploads {

        private static final long PAUSE_MILLIS = 300;

        private Uploads() {}

        static JsonNode send(AnnealApi api, Path file, String purpose, Bar bar) throws IOException {
            if (!Files.isRegularFile(file)) {
                throw new IOException(file + " is not a file that can be read");
            }
            long bytes = Files.size(file);
            JsonNode uploaded = api.upload(
                    file,
                    purpose,
                    sent -> bar.show(
                            bytes == 0 ? 1 : (double) sent / bytes, bytes(sent) + " of " + file.getFileName()));
            bar.end();
            return uploaded;
        }

        /** The file, once its rows are checked. */
        static JsonNode checked(AnnealApi api, String id) {
            JsonNode file = api.get("/v1/files/" + AnnealApi.encoded(id));
            while (text(file.path("status")).equals("uploaded")
                    && text(file.path("purpose")).equals("fine-tune")) {
                Waiting.pause(PAUSE_MILLIS);
                file = api.get("/v1/files/" + AnnealApi.encoded(id));
            }
            return file;
        }
    }
}
