package dev.anneal.cli.command;

import static dev.anneal.cli.command.Texts.duration;
import static dev.anneal.cli.command.Texts.text;
import static dev.anneal.cli.command.Texts.time;

import dev.anneal.cli.Cli;
import dev.anneal.cli.ExitStatus;
import dev.anneal.cli.client.AnnealApi;
import dev.anneal.cli.client.ApiException;
import dev.anneal.cli.terminal.Table;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Creates, lists, watches and steers jobs. */
@Command(name = "jobs", description = "Create, list, watch, pause, resume and cancel jobs.")
public final class JobsCommand {

    static final String PATH = "/v1/fine_tuning/jobs";

    @ParentCommand
    private Cli cli;

    @Command(name = "create", description = "Create a job.")
    int create(
            @Mixin JobOptions options,
            @Option(names = "--watch", description = "Watch it until it ends.") boolean watches)
            throws IOException {
        ObjectNode request = options.request();
        AnnealApi api = cli.api();
        LocalFiles files = new LocalFiles(cli, api);
        JsonNode job;
        try {
            new JobRequests(cli, api, files).complete(request);
            job = api.post(PATH, request);
        } catch (ApiException refusal) {
            files.tellWhatStays();
            throw refusal;
        }
        String id = text(job.path("id"));
        if (watches) {
            cli.err().println(id);
            return watch(id);
        }
        cli.print(job, () -> cli.out().println(id));
        return ExitStatus.OK;
    }

    @Command(name = "list", description = "List jobs, newest first.")
    int list(
            @Option(names = "--limit", defaultValue = "20", description = "How many. Default: ${DEFAULT-VALUE}.")
                    int limit,
            @Mixin JobQuery filter)
            throws IOException {
        List<JsonNode> jobs = cli.api().list(PATH + filter.query(), limit);
        cli.print(JsonNodeFactory.instance.arrayNode().addAll(jobs), () -> {
            Table table = new Table("JOB", "STATE", "STEP", "LEFT", "MODEL", "SUFFIX", "CREATED");
            jobs.forEach(job -> table.row(
                    text(job.path("id")),
                    text(job.at("/anneal/state")),
                    job.at("/anneal/total_steps").isNumber()
                            ? job.at("/anneal/step") + "/" + job.at("/anneal/total_steps")
                            : "",
                    duration(job.at("/anneal/eta_seconds")),
                    text(job.path("model")),
                    text(job.path("user_provided_suffix")),
                    time(job.path("created_at"))));
            table.print(cli.out());
        });
        return ExitStatus.OK;
    }

    @Command(name = "show", description = "Show a job as JSON.")
    int show(@Parameters(paramLabel = "JOB_ID") String id) throws IOException {
        cli.out().println(cli.api().get(path(id)).toPrettyString());
        return ExitStatus.OK;
    }

    @Command(
            name = "watch",
            description =
                    "Follow a job until it ends; Ctrl-C leaves it running. Exit status 4 if it fails or is cancelled.")
    int watch(@Parameters(paramLabel = "JOB_ID") String id) throws IOException {
        return new JobWatch(cli, cli.api(), id).run();
    }

    @Command(
            name = "logs",
            description =
                    "Print a job's events, oldest first. With --json an array, or a line for each event with --follow.")
    int logs(
            @Parameters(paramLabel = "JOB_ID") String id,
            @Option(
                            names = {"-f", "--follow"},
                            description = "Go on until the job ends.")
                    boolean follows)
            throws IOException {
        if (follows) {
            new EventFollower(cli, cli.api(), id).follow(this::print);
            return ExitStatus.OK;
        }
        List<JsonNode> events = cli.api().list(path(id) + "/events?order=asc", Integer.MAX_VALUE);
        cli.print(JsonNodeFactory.instance.arrayNode().addAll(events), () -> events.forEach(this::print));
        return ExitStatus.OK;
    }

    private void print(JsonNode event) {
        if (cli.isJson()) {
            cli.out().println(event);
        } else if (text(event.path("type")).equals("message")) {
            cli.out()
                    .println("%s %-5s %s"
                            .formatted(
                                    time(event.path("created_at")),
                                    text(event.path("level")),
                                    text(event.path("message"))));
        }
        cli.out().flush();
    }

    @Command(name = "pause", description = "Pause a job after its current step.")
    int pause(@Parameters(paramLabel = "JOB_ID") String id) throws IOException {
        return steer(id, "pause");
    }

    @Command(name = "resume", description = "Resume a paused job, or one that failed because of the platform.")
    int resume(@Parameters(paramLabel = "JOB_ID") String id) throws IOException {
        return steer(id, "resume");
    }

    @Command(name = "cancel", description = "Cancel a job and keep its newest checkpoint.")
    int cancel(@Parameters(paramLabel = "JOB_ID") String id) throws IOException {
        return steer(id, "cancel");
    }

    private int steer(String id, String verb) throws IOException {
        JsonNode job = cli.api().post(path(id) + "/" + verb, null);
        cli.print(job, () -> cli.out().println(id + " is " + text(job.at("/anneal/state"))));
        return ExitStatus.OK;
    }

    static String path(String id) {
        return PATH + "/" + AnnealApi.encoded(id);
    }
}
