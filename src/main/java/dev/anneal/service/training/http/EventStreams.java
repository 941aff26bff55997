package dev.anneal.service.training.http;

import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import dev.anneal.service.training.job.Job;
import dev.anneal.service.training.job.JobHistory;
import dev.anneal.service.training.job.Jobs;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * The open streams of events, no more of them than the configuration allows. Each is written by the thread of its request, which the
 * container has certainly ended with once that returns: a client that leaves an asynchronous answer at its beginning can leave it open for ever.
 */
@Component
class EventStreams {

    private static final Logger LOG = LoggerFactory.getLogger(EventStreams.class);

    private final Jobs jobs;
    private final JobHistory history;
    private final StreamProperties properties;
    private final Clock clock;
    private final JsonMapper json;
    private final Semaphore places;
    private final CountDownLatch stop = new CountDownLatch(1);

    EventStreams(
            Jobs jobs,
            JobHistory history,
            StreamProperties properties,
            @Value("${server.tomcat.threads.max}") int threads,
            Clock clock,
            JsonMapper json) {
        if (2 * properties.maxStreams() > threads) {
            throw new IllegalArgumentException(
                    "anneal.event-streams.max-streams is %d, but must be at most half of server.tomcat.threads.max, which is %d: each stream has a thread"
                            .formatted(properties.maxStreams(), threads));
        }
        this.jobs = jobs;
        this.history = history;
        this.properties = properties;
        this.clock = clock;
        this.json = json;
        this.places = new Semaphore(properties.maxStreams());
    }

    /**
     * Writes events until the job ends, the client leaves or the service stops.
     *
     * @param after id of the last event that the client has seen, or null for all of them
     * @throws Refusal {@code service_unavailable} if all streams are in use: one that cannot start now is refused, not silently late
     */
    void write(Job job, @Nullable String after, HttpServletResponse response) {
        int seen = after == null || after.isEmpty() ? 0 : history.numberOf(job, after);
        if (!places.tryAcquire()) {
            throw new Refusal(
                    RefusalCode.SERVICE_UNAVAILABLE,
                    "All " + properties.maxStreams()
                            + " streams of events are in use. Try again, or read the list without 'stream'.");
        }
        try {
            EventWriter events = new EventWriter(response, json);
            new EventStream(jobs, history, properties, clock, events, job, seen).write(this::hasStopped);
        } catch (IOException left) {
            LOG.info("The client of {}'s events has left", job.id());
        } finally {
            places.release();
        }
    }

    /** Waits for {@code pause}, or for the service to stop. */
    private boolean hasStopped(Duration pause) {
        try {
            return stop.await(pause.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /** Before the web server waits for open requests: a stream would not end by itself. */
    @EventListener(ContextClosedEvent.class)
    void close() {
        stop.countDown();
    }
}
