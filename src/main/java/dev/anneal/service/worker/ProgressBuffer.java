package dev.anneal.service.worker;

import dev.anneal.protocol.Progress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Progress of a process that is not yet in the database. While the database is unreachable the buffer grows; beyond its
 * limit the oldest steps are dropped, but never other events, which are few. Thread-safe.
 */
final class ProgressBuffer {

    private static final Logger LOG = LoggerFactory.getLogger(ProgressBuffer.class);

    private final int limit;
    private final Deque<Progress> waiting = new ArrayDeque<>();
    private final BlockingQueue<Boolean> bell = new ArrayBlockingQueue<>(1);
    private long dropped;

    ProgressBuffer(int limit) {
        this.limit = limit;
    }

    synchronized void add(Progress event) {
        if (waiting.peekLast() instanceof Progress.Working) {
            // Only the latest sign of life counts, and every event is one.
            waiting.removeLast();
        }
        if (waiting.size() >= limit) {
            dropOldestStep();
        }
        waiting.addLast(event);
        if (!(event instanceof Progress.Step)) {
            ring();
        }
    }

    /** Waits for the given time, or until an event other than a step arrives. */
    void awaitNews(Duration atMost) throws InterruptedException {
        bell.poll(atMost.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Ends the current wait, or the next one. */
    void ring() {
        bell.offer(true);
    }

    /** Up to {@code most} events, oldest first, which stay until {@link #remove}. */
    synchronized List<Progress> oldest(int most) {
        return waiting.stream().limit(most).toList();
    }

    /** Removes events that the database has. */
    synchronized void remove(List<Progress> published) {
        // By identity: two events may be equal, and events may have been dropped meanwhile.
        List<Progress> left = new ArrayList<>(published);
        for (Iterator<Progress> events = waiting.iterator(); events.hasNext() && !left.isEmpty(); ) {
            Progress event = events.next();
            if (left.removeIf(each -> each == event)) {
                events.remove();
            }
        }
    }

    synchronized void clear() {
        waiting.clear();
    }

    private void dropOldestStep() {
        for (Iterator<Progress> events = waiting.iterator(); events.hasNext(); ) {
            if (events.next() instanceof Progress.Step) {
                events.remove();
                if (dropped++ == 0) {
                    LOG.warn(
                            "The database has been unreachable for {} steps; the oldest are dropped from the job's"
                                    + " series",
                            limit);
                }
                return;
            }
        }
    }
}
