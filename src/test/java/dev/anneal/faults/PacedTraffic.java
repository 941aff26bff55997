package dev.anneal.faults;

import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * Requests of each kind at a constant pace, whether or not earlier ones are answered: a pause of the service delays all
 * that are due in it.
 */
final class PacedTraffic {

    private static final Duration PACE = Duration.ofMillis(100);

    private final LoadClient client;
    private final Map<String, Supplier<HttpRequest>> kinds;

    PacedTraffic(LoadClient client, Map<String, Supplier<HttpRequest>> kinds) {
        this.client = client;
        this.kinds = new LinkedHashMap<>(kinds);
    }

    /** Sends for this long and waits for the answers. */
    Map<String, Answers> run(Duration time) {
        Map<String, Answers> answers = new LinkedHashMap<>();
        kinds.keySet().forEach(kind -> answers.put(kind, new Answers()));
        Queue<CompletableFuture<Void>> open = new ConcurrentLinkedQueue<>();
        long gap = PACE.toNanos() / kinds.size();
        long due = System.nanoTime();
        long end = due + time.toNanos();
        while (due < end) {
            for (Map.Entry<String, Supplier<HttpRequest>> kind : kinds.entrySet()) {
                LockSupport.parkNanos(due - System.nanoTime());
                open.add(client.send(kind.getValue().get(), due, answers.get(kind.getKey())));
                due += gap;
            }
        }
        open.forEach(CompletableFuture::join);
        return answers;
    }
}
