package dev.anneal.service.training.http;

import dev.anneal.service.access.quota.TenantSlots;
import dev.anneal.service.access.web.ServerSentEvents;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import dev.anneal.service.training.admission.Jobs;
import dev.anneal.service.training.history.Events;
import dev.anneal.service.training.history.JobEvent;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
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
 * The open streams of events, limited by the configuration. The request's thread writes each stream, so that the
 * container closes it when the thread returns: with asynchronous responses, a client that disconnects at the beginning
 * can leave one open forever.
 */
@Component
class EventStreams {

    private static final Logger LOG = LoggerFactory.getLogger(EventStreams.class);

    private static final int BATCH = 200;

    private final Jobs jobs;
    private final Events events;
    private final StreamProperties properties;
    private final Clock clock;
    private final JsonMapper json;
    private final TenantSlots slots;
    private final CountDownLatch stop = new CountDownLatch(1);

    EventStreams(
            Jobs jobs,
            Events events,
            StreamProperties properties,
            @Value("${server.tomcat.threads.max}") int threads,
            Clock clock,
            JsonMapper json) {
        if (2 * properties.maxStreams() > threads) {
            throw new IllegalArgumentException(("anneal.event-streams.max-streams is %d, but must be at most half of"
                            + " server.tomcat.threads.max, which is %d: each stream has a thread")
                    .formatted(properties.maxStreams(), threads));
        }
        this.jobs = jobs;
        this.events = events;
        this.properties = properties;
        this.clock = clock;
        this.json = json;
        this.slots = new TenantSlots(properties.maxStreams(), properties.maxStreamsOfTenant());
    }

    /**
     * Writes events until the job ends, the client leaves or the service stops.
     *
     * @param after id of the last event that the client has seen, or null for all events
     * @throws Refusal {@code queue_full} if all streams or those of the tenant are in use, rather than delaying the
     *     stream
     */
    void write(String tenantId, String jobId, @Nullable String after, HttpServletResponse response) {
        int seen = jobs.read(
                tenantId, jobId, job -> after == null || after.isEmpty() ? 0 : events.numberOf(job.number(), after));
        if (!slots.take(tenantId)) {
            throw new Refusal(
                    RefusalCode.QUEUE_FULL,
                    ("%d streams of events (anneal.event-streams.max-streams), %d of one tenant, may be open at a"
                                    + " time; all of these are in use. Try again, or read the list without 'stream'.")
                            .formatted(properties.maxStreams(), slots.mostOfTenant()));
        }
        try {
            new EventStream(new ServerSentEvents(response), tenantId, jobId, seen).write();
        } catch (IOException left) {
            LOG.info("The client of {}'s events has left", jobId);
        } finally {
            slots.giveBack(tenantId);
        }
    }

    /** Waits for {@code pause} or until the service stops, and returns whether it stops. */
    private boolean hasStopped(Duration pause) {
        try {
            return stop.await(pause.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /** Called before the web server waits for open requests, because a stream would not end by itself. */
    @EventListener(ContextClosedEvent.class)
    void close() {
        stop.countDown();
    }

    /** New events and the state of the job. */
    private record News(boolean hasEnded, List<JobEvent> events) {}

    /**
     * One client's stream of a job's events: past events, then new ones, until the job ends. It reads the database, so
     * it sees the writes of all processes. Each message has the id of its event, from which a disconnected client can
     * resume.
     */
    private final class EventStream {

        private final ServerSentEvents out;
        private final String tenantId;
        private final String jobId;
        private int seen;
        private Instant lastSent;

        EventStream(ServerSentEvents out, String tenantId, String jobId, int seen) {
            this.out = out;
            this.tenantId = tenantId;
            this.jobId = jobId;
            this.seen = seen;
            this.lastSent = clock.instant();
        }

        /**
         * @throws IOException if the client has disconnected
         */
        void write() throws IOException {
            boolean hasEnded = sendNews();
            while (!hasEnded && !hasStopped(properties.pollInterval())) {
                hasEnded = sendNews();
            }
        }

        /** Sends new events; true once everything is sent and the job has ended. */
        private boolean sendNews() throws IOException {
            // Reads the state before the events, because the last event of a job is committed with its end.
            News news = jobs.read(
                    tenantId, jobId, now -> new News(now.state().isFinal(), events.after(now.number(), seen, BATCH)));
            for (JobEvent event : news.events()) {
                out.write("id:" + event.id() + "\ndata:" + json.writeValueAsString(event) + "\n\n");
                seen = event.number();
                lastSent = clock.instant();
            }
            if (news.events().size() == BATCH) {
                return sendNews();
            }
            if (news.hasEnded()) {
                out.write("event:done\ndata:[DONE]\n\n");
            } else if (lastSent.plus(properties.heartbeatInterval()).isBefore(clock.instant())) {
                out.write(":waiting\n\n");
                lastSent = clock.instant();
            }
            return news.hasEnded();
        }
    }
}
