package dev.anneal.cli.command;

import static dev.anneal.cli.command.Texts.bytes;
import static dev.anneal.cli.command.Texts.text;

import dev.anneal.cli.Cli;
import dev.anneal.cli.ExitStatus;
import dev.anneal.cli.client.AnnealApi;
import dev.anneal.cli.client.ApiException;
import dev.anneal.cli.client.ExportDownload;
import dev.anneal.cli.terminal.Bar;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import tools.jackson.databind.JsonNode;

/** Downloads an export. */
@Command(
        name = "download",
        description =
                "Download the files of an export, go on with what an earlier download has left, and compare each with"
                        + " its SHA-256.")
public final class DownloadCommand implements Callable<Integer> {

    @ParentCommand
    private Cli cli;

    @Parameters(index = "0", paramLabel = "JOB_ID")
    private String job = "";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "EXPORT_ID",
            description = "Default: the job's newest export that has succeeded.")
    private @Nullable String export;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FOLDER",
            description = "Default: a folder with the export's id.")
    private Path folder = Path.of("");

    @Override
    public Integer call() throws IOException {
        AnnealApi api = cli.api();
        JsonNode made = export == null ? newest(api) : named(api, export);
        Path target = (folder.toString().isEmpty() ? Path.of(text(made.path("id"))) : folder)
                .toAbsolutePath()
                .normalize();
        for (JsonNode file : made.path("files").values()) {
            Bar bar = cli.bar();
            ExportDownload download = new ExportDownload(api, target, cli.patience(bar));
            long size = file.path("bytes").asLong();
            download.file(
                    file,
                    received -> bar.show(
                            size == 0 ? 1 : (double) received / size,
                            "%s of %s, %s".formatted(bytes(received), bytes(size), text(file.path("name")))));
            bar.end();
        }
        cli.print(made, () -> cli.out().println(target));
        return ExitStatus.OK;
    }

    private JsonNode named(AnnealApi api, String id) {
        JsonNode made = api.get(JobsCommand.path(job) + "/exports/" + AnnealApi.encoded(id));
        if (!hasSucceeded(made)) {
            throw new ApiException(
                    409, "export_not_ready", "the export %s is %s".formatted(id, text(made.path("status"))));
        }
        return made;
    }

    private JsonNode newest(AnnealApi api) {
        return api.list(JobsCommand.path(job) + "/exports", Integer.MAX_VALUE).stream()
                .filter(DownloadCommand::hasSucceeded)
                .findFirst()
                .orElseThrow(() -> new ApiException(
                        409,
                        "export_not_ready",
                        "%s has no export that has succeeded; 'anneal merge %s' makes one".formatted(job, job)));
    }

    private static boolean hasSucceeded(JsonNode export) {
        return text(export.path("status")).equals("succeeded");
    }
}
