package dev.anneal.service.jobapi;

import dev.anneal.service.history.JobEvent;
import dev.anneal.service.job.Job;
import dev.anneal.service.job.JobHistory;
import dev.anneal.service.job.Jobs;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.MediaType;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * One client's stream of a job's events: what has happened, then what happens, until the job ends. Looks into the database, so it sees
 * what any process writes. The id of each message is the event's, with which a client that lost the connection goes on.
 */
final class EventStream implements Runnable {

    private static final Logger log = LoggerFactory.getLogger(EventStream.class);
    private static final int BATCH = 200;

    private final Jobs jobs;
    private final JobHistory history;
    private final StreamProperties properties;
    private final Clock clock;
    private final SseEmitter emitter;
    private final Job job;
    private int seen;
    private Instant lastSent;

    EventStream(
            Jobs jobs,
            JobHistory history,
            StreamProperties properties,
            Clock clock,
            SseEmitter emitter,
            Job job,
            int seen) {
        this.jobs = jobs;
        this.history = history;
        this.properties = properties;
        this.clock = clock;
        this.emitter = emitter;
        this.job = job;
        this.seen = seen;
        this.lastSent = clock.instant();
    }

    @Override
    public void run() {
        try {
            while (!sendNews()) {
                Thread.sleep(properties.pollInterval().toMillis());
            }
            emitter.complete();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            emitter.complete();
        } catch (IOException e) {
            log.debug("The client of {}'s events has gone: {}", job.id(), e.getMessage());
            emitter.completeWithError(e);
        } catch (RuntimeException e) {
            log.warn("The stream of {}'s events ends; its client goes on with Last-Event-ID", job.id(), e);
            emitter.completeWithError(e);
        }
    }

    /** Sends what is new; true once everything is sent and the job has ended. */
    private boolean sendNews() throws IOException {
        // Asked before the events are read: the last event of a job is committed with its end.
        boolean hasEnded = jobs.find(job.tenantId(), job.id()).state().isFinal();
        List<JobEvent> news = history.eventsAfter(job, seen, BATCH);
        for (JobEvent event : news) {
            send(SseEmitter.event().id(event.id()).data(EventBody.of(event), MediaType.APPLICATION_JSON));
            seen = event.number();
        }
        if (news.size() == BATCH) {
            return sendNews();
        }
        if (hasEnded) {
            send(SseEmitter.event().name("done").data("[DONE]", MediaType.TEXT_PLAIN));
        } else if (lastSent.plus(properties.heartbeatInterval()).isBefore(clock.instant())) {
            send(SseEmitter.event().comment("waiting"));
        }
        return hasEnded;
    }

    private void send(SseEmitter.SseEventBuilder message) throws IOException {
        emitter.send(message);
        lastSent = clock.instant();
    }
}
