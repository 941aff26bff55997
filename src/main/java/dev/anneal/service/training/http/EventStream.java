package dev.anneal.service.training.http;

import dev.anneal.service.training.history.JobEvent;
import dev.anneal.service.training.job.Job;
import dev.anneal.service.training.job.JobHistory;
import dev.anneal.service.training.job.Jobs;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;

/**
 * One client's stream of a job's events: what has happened, then what happens, until the job ends. Looks into the database, so it sees
 * what any process writes. The id of each message is the event's, with which a client that lost the connection goes on.
 */
final class EventStream {

    private static final int BATCH = 200;

    private final Jobs jobs;
    private final JobHistory history;
    private final StreamProperties properties;
    private final Clock clock;
    private final EventWriter events;
    private final Job job;
    private int seen;
    private Instant lastSent;

    EventStream(
            Jobs jobs,
            JobHistory history,
            StreamProperties properties,
            Clock clock,
            EventWriter events,
            Job job,
            int seen) {
        this.jobs = jobs;
        this.history = history;
        this.properties = properties;
        this.clock = clock;
        this.events = events;
        this.job = job;
        this.seen = seen;
        this.lastSent = clock.instant();
    }

    /**
     * @param hasStopped waits for as long as it is told, and says whether the stream is to end before the job
     * @throws IOException if the client has left
     */
    void write(Predicate<Duration> hasStopped) throws IOException {
        boolean hasEnded = sendNews();
        while (!hasEnded && !hasStopped.test(properties.pollInterval())) {
            hasEnded = sendNews();
        }
    }

    /** Sends what is new; true once everything is sent and the job has ended. */
    private boolean sendNews() throws IOException {
        // Asked before the events are read: the last event of a job is committed with its end.
        boolean hasEnded = jobs.find(job.tenantId(), job.id()).state().isFinal();
        List<JobEvent> news = history.eventsAfter(job, seen, BATCH);
        for (JobEvent event : news) {
            events.send(EventBody.of(event));
            seen = event.number();
            lastSent = clock.instant();
        }
        if (news.size() == BATCH) {
            return sendNews();
        }
        if (hasEnded) {
            events.done();
        } else if (lastSent.plus(properties.heartbeatInterval()).isBefore(clock.instant())) {
            events.comment();
            lastSent = clock.instant();
        }
        return hasEnded;
    }
}
