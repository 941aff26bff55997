package dev.anneal.cli.command;

import static dev.anneal.cli.command.Texts.bytes;
import static dev.anneal.cli.command.Texts.text;

import dev.anneal.cli.Cli;
import dev.anneal.cli.client.AnnealApi;
import dev.anneal.cli.client.ExportDownload;
import dev.anneal.cli.client.Patience;
import dev.anneal.cli.terminal.Bar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Files of this machine that requests need: found among those that the service has, or uploaded. */
final class LocalFiles {

    private static final String FINE_TUNE = "fine-tune";
    private static final String ID = "file-";
    private static final int PAGE = 1000;
    private static final Duration PAUSE = Duration.ofMillis(300);

    private final Cli cli;
    private final AnnealApi api;

    /** Ids by path. */
    private final Map<String, String> uploaded = new LinkedHashMap<>();

    LocalFiles(Cli cli, AnnealApi api) {
        this.cli = cli;
        this.api = api;
    }

    /**
     * Whether {@code named} is a file here, rather than the id of one that is uploaded.
     *
     * @throws IOException if it is neither
     */
    static boolean isHere(String named) throws IOException {
        Path path = Path.of(named);
        if (Files.isRegularFile(path)) {
            return true;
        }
        if (named.startsWith(ID) && !Files.exists(path)) {
            return false;
        }
        throw new IOException("%s is %s; name a file here, or the id of an uploaded one (file-...)"
                .formatted(path.toAbsolutePath().normalize(), fault(path)));
    }

    private static String fault(Path path) {
        return Files.exists(path) ? "not a file" : "not there";
    }

    /** Id of a file with the same bytes that the service has already and that can be trained on. */
    Optional<String> stored(String path) throws IOException {
        String hash = ExportDownload.sha256(Path.of(path));
        String after = "";
        while (true) {
            JsonNode page = api.get("/v1/files?purpose=" + FINE_TUNE + "&limit=" + PAGE + after);
            for (JsonNode file : page.path("data").values()) {
                if (text(file.at("/anneal/sha256")).equals(hash)
                        && FileReport.isUsable(file)
                        && file.path("expires_at").isNull()) {
                    String id = text(file.path("id"));
                    cli.err().println(path + " is there already, as " + id);
                    return Optional.of(id);
                }
            }
            if (!page.path("has_more").asBoolean(false)) {
                return Optional.empty();
            }
            after = "&after=" + AnnealApi.encoded(text(page.path("last_id")));
        }
    }

    /**
     * Id of an uploaded file whose rows can be trained on.
     *
     * @throws UnusableFileException if they cannot; the file is deleted again then
     */
    String uploadChecked(String path) throws IOException {
        if (uploaded.containsKey(path)) {
            return uploaded.get(path);
        }
        String id = upload(Path.of(path), FINE_TUNE);
        JsonNode file = checked(id);
        if (!FileReport.isUsable(file)) {
            FileReport.print(file, cli.err());
            api.delete(pathOf(id));
            throw new UnusableFileException(path);
        }
        cli.err().println(path + " is uploaded as " + id);
        uploaded.put(path, id);
        return id;
    }

    /** Uploads a file, whatever is there already, and returns its id. */
    String upload(Path file, String purpose) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new IOException(file.toAbsolutePath().normalize() + " is " + fault(file));
        }
        Bar bar = cli.bar();
        long size = Files.size(file);
        JsonNode answer = api.upload(
                file,
                purpose,
                sent -> bar.show(
                        size == 0 ? 1 : (double) sent / size,
                        "%s of %s, %s".formatted(bytes(sent), bytes(size), file.getFileName())));
        bar.end();
        return text(answer.path("id"));
    }

    /** The file, once its rows are checked if they are to be. */
    JsonNode checked(String id) {
        JsonNode file = api.get(pathOf(id));
        Patience patience = cli.patience(cli.bar());
        while (text(file.path("status")).equals("uploaded")
                && text(file.path("purpose")).equals(FINE_TUNE)) {
            Patience.pause(PAUSE);
            file = patience.ask(() -> api.get(pathOf(id)));
        }
        return file;
    }

    /** Says that files stay which were uploaded for a request that has been refused. */
    void tellWhatStays() {
        for (String id : uploaded.values()) {
            cli.err()
                    .println(("%s stays, and is found by the next command that names the same file; 'anneal files"
                                    + " delete %s' deletes it.")
                            .formatted(id, id));
        }
    }

    private static String pathOf(String id) {
        return "/v1/files/" + AnnealApi.encoded(id);
    }
}
