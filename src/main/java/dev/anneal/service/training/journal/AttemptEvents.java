package dev.anneal.service.training.journal;

import dev.anneal.service.queue.Waiting;
import dev.anneal.service.queue.WorkError;
import dev.anneal.service.queue.WorkState;
import dev.anneal.service.training.history.JobEvent;
import dev.anneal.service.training.job.Job;
import java.util.function.BiConsumer;

/** Events of a job whose attempt has ended before its training. */
final class AttemptEvents {

    /** Prefix of the messages about waiting. */
    static final String WAITS = "The job waits";

    private AttemptEvents() {}

    /**
     * @param job the job after the end of the attempt
     */
    static void failed(Job job, WorkError error, BiConsumer<JobEvent.Level, String> events) {
        Waiting waiting = job.work().waiting();
        if (waiting != null && waiting.attempts() > 0) {
            waits(waiting, events);
            return;
        }
        String cause = "Attempt %d ended at step %d with %s: %s"
                .formatted(job.work().attempts(), job.pace().step(), error.code(), error.message());
        if (job.state() == WorkState.FAILED) {
            events.accept(JobEvent.Level.ERROR, cause);
            events.accept(JobEvent.Level.ERROR, "The job failed: " + error.message());
        } else if (job.state() == WorkState.CANCELLED) {
            events.accept(JobEvent.Level.WARN, sentence(cause) + " The job is cancelled, as the client asked");
        } else {
            events.accept(
                    JobEvent.Level.WARN,
                    sentence(cause) + " The job goes back to the queue and runs again, from its newest checkpoint");
        }
    }

    private static String sentence(String text) {
        return text.endsWith(".") ? text : text + ".";
    }

    /** Written once for a fault, however many attempts find it. */
    private static void waits(Waiting waiting, BiConsumer<JobEvent.Level, String> events) {
        if (waiting.attempts() == 1) {
            events.accept(JobEvent.Level.WARN, waits(waiting));
        }
    }

    static String waits(Waiting waiting) {
        return WAITS
                + " because of %s: %s It goes on by itself when that is mended; no retry is used up"
                        .formatted(waiting.code(), waiting.message());
    }

    /**
     * @param job the job after the end of the attempt
     */
    static String givenBack(Job job) {
        String saved = " with its progress saved at step " + job.pace().step();
        return switch (job.state()) {
            case PAUSED -> "The job is paused" + saved;
            case CANCELLED -> "The job is cancelled" + saved;
            case QUEUED, VALIDATING, RUNNING, SUCCEEDED, FAILED ->
                "The worker stopped and gave the job back to the queue" + saved;
        };
    }
}
