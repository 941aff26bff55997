package dev.anneal.cli.command;

import static dev.anneal.cli.command.Texts.bytes;
import static dev.anneal.cli.command.Texts.figure;
import static dev.anneal.cli.command.Texts.text;

import dev.anneal.cli.Cli;
import dev.anneal.cli.ExitStatus;
import dev.anneal.cli.client.AnnealApi;
import dev.anneal.cli.client.Patience;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Exports a job's model. */
@Command(
        name = "export",
        description = "Export a job's model and wait for its proof; exit status 4 if the export fails.")
public final class ExportCommand implements Callable<Integer> {

    private static final Duration PAUSE = Duration.ofMillis(500);

    @ParentCommand
    private Cli cli;

    @Parameters(paramLabel = "JOB_ID")
    private String job = "";

    @Option(names = "--kind", required = true, description = "merged, adapter, gguf, draft or training_state.")
    private String kind = "";

    @Option(names = "--checkpoint", description = "Id of a checkpoint; the newest by default.")
    private @Nullable String checkpoint;

    @Option(names = "--dtype", description = "Type of merged weights: base, float32, bfloat16 or float16.")
    private @Nullable String dtype;

    @Option(names = "--gguf-type", description = "f32, f16, bf16 or q8_0.")
    private @Nullable String ggufType;

    @Override
    public Integer call() throws IOException {
        ObjectNode request = JsonNodeFactory.instance.objectNode().put("kind", kind);
        if (checkpoint != null) {
            request.put("checkpoint", checkpoint);
        }
        if (dtype != null) {
            request.put("dtype", dtype);
        }
        if (ggufType != null) {
            request.put("gguf_type", ggufType);
        }
        return make(cli, job, request);
    }

    private static int make(Cli cli, String job, ObjectNode request) throws IOException {
        AnnealApi api = cli.api();
        String exports = JobsCommand.path(job) + "/exports";
        String id = text(api.post(exports, request).path("id"));
        cli.err().println(id + " is being made; the service goes on with it by itself.");
        Patience patience = cli.patience(cli.bar());
        JsonNode first = patience.ask(() -> api.get(exports + "/" + id));
        JsonNode made = Polling.end(first, () -> api.get(exports + "/" + id), PAUSE, patience, export -> {});
        cli.print(made, () -> show(cli, made));
        return text(made.path("status")).equals("succeeded") ? ExitStatus.OK : ExitStatus.FAILED;
    }

    private static void show(Cli cli, JsonNode made) {
        long size = made.path("files")
                .valueStream()
                .mapToLong(file -> file.path("bytes").asLong())
                .sum();
        cli.out()
                .println("%s %s: %s, %s files, %s"
                        .formatted(
                                text(made.path("id")),
                                text(made.path("status")),
                                text(made.path("kind")),
                                made.path("files").size(),
                                bytes(size)));
        JsonNode proof = made.path("proof");
        if (proof.path("mean_kl").isNumber()) {
            cli.out()
                    .println(("against base + adapter: mean KL %s nats, same first choice %s %%, largest logit"
                                    + " difference %s")
                            .formatted(
                                    figure(proof.path("mean_kl")),
                                    proof.path("top1_agreement").isNumber()
                                            ? "%.1f"
                                                    .formatted(100
                                                            * proof.path("top1_agreement")
                                                                    .asDouble())
                                            : "-",
                                    figure(proof.path("max_abs_logit_diff"))));
        }
        if (made.path("error").isObject()) {
            cli.out().println("%s: %s".formatted(text(made.at("/error/code")), text(made.at("/error/message"))));
        }
    }

    /** Shorthand for the kind {@code merged}. */
    @Command(
            name = "merge",
            description = "Merge a job's adapter into the base weights and wait for the proof; short for 'export --kind"
                    + " merged'.")
    public static final class Merge implements Callable<Integer> {

        @ParentCommand
        private Cli cli;

        @Parameters(paramLabel = "JOB_ID")
        private String job = "";

        @Override
        public Integer call() throws IOException {
            return make(cli, job, JsonNodeFactory.instance.objectNode().put("kind", "merged"));
        }
    }
}
