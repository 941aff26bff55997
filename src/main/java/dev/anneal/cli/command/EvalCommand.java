package dev.anneal.cli.command;

import static dev.anneal.cli.command.Texts.figure;
import static dev.anneal.cli.command.Texts.text;

import dev.anneal.cli.Cli;
import dev.anneal.cli.ExitStatus;
import dev.anneal.cli.client.AnnealApi;
import dev.anneal.cli.client.ApiException;
import dev.anneal.cli.client.Patience;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Evaluates a model on a test file. */
@Command(
        name = "eval",
        description = "Evaluate a model on a test file: exact answers, or rewards of a grader. Exit status 4 if the"
                + " evaluation fails.")
public final class EvalCommand implements Callable<Integer> {

    private static final Duration PAUSE = Duration.ofMillis(500);
    private static final String PATH = "/v1/fine_tuning/evaluations";

    @ParentCommand
    private Cli cli;

    @Parameters(index = "0", paramLabel = "MODEL")
    private String model = "";

    @Parameters(
            index = "1",
            paramLabel = "FILE",
            description = "Test file: an id, or a file here, which is uploaded unless the service has the same bytes.")
    private String file = "";

    @Option(names = "--grader", paramLabel = "FILE", description = "A grader as JSON, for files of prompts.")
    private @Nullable Path grader;

    @Option(names = "--samples", defaultValue = "3", description = "Answers to show. Default: ${DEFAULT-VALUE}.")
    private int samples;

    @Override
    public Integer call() throws IOException {
        AnnealApi api = cli.api();
        ObjectNode request =
                JsonMapper.shared().createObjectNode().put("model", model).put("samples", samples);
        if (grader != null) {
            request.set("grader", JsonArgument.object(grader));
        }
        LocalFiles files = new LocalFiles(cli, api);
        String id;
        try {
            id = text(api.post(PATH, request.put("test_file", testFile(api, files)))
                    .path("id"));
        } catch (ApiException refusal) {
            files.tellWhatStays();
            throw refusal;
        }
        Patience patience = cli.patience(cli.bar());
        JsonNode first = patience.ask(() -> api.get(PATH + "/" + id));
        JsonNode result = Polling.end(first, () -> api.get(PATH + "/" + id), PAUSE, patience, evaluation -> {});
        cli.print(result, () -> show(result));
        return text(result.path("status")).equals("succeeded") ? ExitStatus.OK : ExitStatus.FAILED;
    }

    /** Id of the file. A model that is not there is told before anything is uploaded. */
    private String testFile(AnnealApi api, LocalFiles files) throws IOException {
        if (!LocalFiles.isHere(file)) {
            files.checked(file);
            return file;
        }
        api.get("/v1/models/" + AnnealApi.encoded(model));
        Optional<String> stored = files.stored(file);
        if (stored.isEmpty()) {
            return files.uploadChecked(file);
        }
        files.checked(stored.get());
        return stored.get();
    }

    private void showSample(JsonNode sample) {
        cli.out().println(text(sample.path("prompt")));
        // Rows of a grader have none.
        if (!text(sample.path("expected")).isEmpty()) {
            cli.out().println("  expected " + text(sample.path("expected")));
        }
        cli.out().println("  answered " + text(sample.path("answer")));
    }

    private void show(JsonNode result) {
        if (result.path("error").isObject()) {
            cli.out().println("%s: %s".formatted(text(result.at("/error/code")), text(result.at("/error/message"))));
            return;
        }
        result.path("samples").values().forEach(this::showSample);
        if (result.path("accuracy").isNumber()) {
            cli.out()
                    .println("%s of %s answers are exact (%.1f %%)"
                            .formatted(
                                    result.path("exact_matches"),
                                    result.path("rows"),
                                    100 * result.path("accuracy").asDouble()));
        }
        result.path("metrics")
                .properties()
                .forEach(metric -> cli.out().println(metric.getKey() + " " + figure(metric.getValue())));
    }
}
