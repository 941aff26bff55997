package dev.anneal.cli.command;

import dev.anneal.cli.client.Patience;
import java.time.Duration;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;

/** Waits for work by asking for it again, through outages too. */
final class Polling {

    private static final Set<String> ENDED = Set.of("succeeded", "failed", "cancelled");

    private Polling() {}

    static boolean hasEnded(JsonNode work) {
        return ENDED.contains(work.path("status").asString());
    }

    /**
     * The work once it has ended.
     *
     * @param first what is known of it
     * @param each sees every state that is read after that
     */
    static JsonNode end(
            JsonNode first, Supplier<JsonNode> read, Duration pause, Patience patience, Consumer<JsonNode> each) {
        JsonNode work = first;
        while (!hasEnded(work)) {
            Patience.pause(pause);
            work = patience.ask(() -> {
                JsonNode now = read.get();
                each.accept(now);
                return now;
            });
        }
        return work;
    }
}
