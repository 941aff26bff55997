package dev.anneal.cli.command;

import static dev.anneal.cli.command.Texts.text;

import dev.anneal.cli.Cli;
import dev.anneal.cli.client.AnnealApi;
import dev.anneal.cli.client.Patience;
import java.time.Duration;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Follows a job's events until it has ended; a stream that is lost goes on after the last event that it brought. */
final class EventFollower {

    private static final Duration PAUSE = Duration.ofMillis(500);

    private final AnnealApi api;
    private final Patience patience;
    private final String job;
    private String after = "";

    EventFollower(Cli cli, AnnealApi api, String id) {
        this.api = api;
        this.patience = cli.patience(cli.bar());
        this.job = JobsCommand.path(id);
    }

    void follow(Consumer<JsonNode> each) {
        JsonNode work = api.get(job);
        boolean isRunning = true;
        while (isRunning) {
            // Read before the events: the last one is written with the job's end. A service that stops ends streams
            // too.
            isRunning = !Polling.hasEnded(work);
            patience.ask(() -> read(each));
            if (isRunning) {
                Patience.pause(PAUSE);
                work = patience.ask(() -> api.get(job));
            }
        }
    }

    private String read(Consumer<JsonNode> each) {
        String path = job + "/events?stream=true" + (after.isEmpty() ? "" : "&after=" + AnnealApi.encoded(after));
        api.events(path, null, data -> {
            JsonNode event = JsonMapper.shared().readTree(data);
            each.accept(event);
            after = text(event.path("id"));
            return true;
        });
        return after;
    }
}
