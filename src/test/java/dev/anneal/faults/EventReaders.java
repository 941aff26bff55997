package dev.anneal.faults;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** Clients of several tenants that read the events of a job of theirs as a stream until it ends. */
final class EventReaders {

    private final LoadClient client;
    private final Answers answers = new Answers();
    private final List<CompletableFuture<Received>> readers = new ArrayList<>();

    EventReaders(LoadClient client) {
        this.client = client;
    }

    /** What a client that got a stream has received of it. */
    private record Received(String tenant, String job, boolean isServed, Set<String> events, boolean hasEnded) {}

    /** Opens that many streams of a tenant's job at once. */
    void open(String tenant, String job, int count) {
        HttpRequest request = client.request(tenant, "/v1/fine_tuning/jobs/" + job + "/events?stream=true")
                .timeout(Duration.ofMinutes(15))
                .build();
        for (int reader = 0; reader < count; reader++) {
            long start = System.nanoTime();
            readers.add(client.http()
                    .sendAsync(request, HttpResponse.BodyHandlers.ofInputStream())
                    .thenApplyAsync(response -> read(tenant, job, response, start), client.threads())
                    .exceptionally(failure -> {
                        answers.fault("not answered: " + failure);
                        return new Received(tenant, job, false, Set.of(), false);
                    }));
        }
    }

    private Received read(String tenant, String job, HttpResponse<InputStream> response, long start) {
        answers.add(response, start);
        Set<String> events = new HashSet<>();
        boolean hasEnded = false;
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("id:")) {
                    events.add(line.substring("id:".length()).strip());
                }
                hasEnded |= line.equals("event:done");
            }
        } catch (IOException broken) {
            answers.fault("a stream broke: " + broken);
        }
        return new Received(tenant, job, response.statusCode() == 200, events, hasEnded);
    }

    /** Waits until all have been answered, which those that get a stream are when it begins. */
    Answers answers(int expected, Duration limit) throws InterruptedException {
        try {
            Patience.until(expected + " streams are answered", limit, () -> answers.count() >= expected);
        } catch (IllegalStateException late) {
            answers.fault("only " + answers.count() + " of " + expected + " streams were answered");
        }
        return answers;
    }

    /** Waits for the end of all streams and compares what each has brought with the job's list of events. */
    void check(LoadReport report) throws IOException, InterruptedException {
        for (CompletableFuture<Received> reader : readers) {
            Received received = reader.join();
            if (received.isServed()) {
                Set<String> missing = client.eventsOf(received.tenant(), received.job());
                missing.removeAll(received.events());
                if (!missing.isEmpty() || !received.hasEnded()) {
                    report.violated("a stream of %s lacks %s, its end %s"
                            .formatted(received.job(), missing, received.hasEnded() ? "has come" : "has not come"));
                }
            }
        }
    }
}
