package dev.anneal.service.jobapi;

import dev.anneal.service.job.Job;
import dev.anneal.service.job.JobHistory;
import dev.anneal.service.job.Jobs;
import dev.anneal.service.refusal.Refusal;
import dev.anneal.service.refusal.RefusalCode;
import java.time.Clock;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/** The open streams of events, each on a thread of its own, and no more of them than the configuration allows. */
@Component
class EventStreams {

    private static final long NO_TIMEOUT = 0;

    private final Jobs jobs;
    private final JobHistory history;
    private final StreamProperties properties;
    private final Clock clock;
    private final ThreadPoolExecutor threads;

    EventStreams(Jobs jobs, JobHistory history, StreamProperties properties, Clock clock) {
        this.jobs = jobs;
        this.history = history;
        this.properties = properties;
        this.clock = clock;
        // Without a queue: a stream that cannot start now is refused, not silently late.
        this.threads = new ThreadPoolExecutor(
                0, properties.maxStreams(), 10, TimeUnit.SECONDS, new SynchronousQueue<>(), EventStreams::thread);
    }

    private static Thread thread(Runnable stream) {
        Thread thread = new Thread(stream, "event-stream");
        thread.setDaemon(true);
        return thread;
    }

    /** @param after id of the last event that the client has seen, or null for all of them */
    SseEmitter open(Job job, @Nullable String after) {
        int seen = after == null || after.isEmpty() ? 0 : history.numberOf(job, after);
        SseEmitter emitter = new SseEmitter(NO_TIMEOUT);
        try {
            threads.execute(new EventStream(jobs, history, properties, clock, emitter, job, seen));
        } catch (RejectedExecutionException e) {
            throw new Refusal(
                    RefusalCode.SERVICE_UNAVAILABLE,
                    "All " + properties.maxStreams()
                            + " streams of events are in use. Try again, or read the list without 'stream'.");
        }
        return emitter;
    }

    /** Before the web server waits for open requests: a stream would not end by itself. */
    @EventListener(ContextClosedEvent.class)
    void close() {
        threads.shutdownNow();
    }
}
