package dev.anneal.cli.command;

import dev.anneal.cli.client.ApiException;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;

/** Waits for work by asking for it again. */
final class Waiting {

    static final Set<String> ENDED = Set.of("succeeded", "failed", "cancelled");

    private Waiting() {}

    /** The work once it has ended; {@code each} sees every state that was read. */
    static JsonNode end(Supplier<JsonNode> read, long pauseMillis, Consumer<JsonNode> each) {
        JsonNode work = read.get();
        each.accept(work);
        while (!ENDED.contains(work.path("status").asString())) {
            pause(pauseMillis);
            work = read.get();
            each.accept(work);
        }
        return work;
    }

    static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ApiException(ApiException.UNREACHABLE, null, "interrupted while waiting");
        }
    }
}
