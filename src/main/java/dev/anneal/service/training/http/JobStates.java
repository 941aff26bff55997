package dev.anneal.service.training.http;

import dev.anneal.service.queue.Attempt;
import dev.anneal.service.queue.Wish;
import dev.anneal.service.queue.Work;
import dev.anneal.service.training.outlook.JobInsight;
import java.util.List;

/** Names of a job's state: OpenAI's {@code status}, and the finer {@code anneal.state}. */
final class JobStates {

    private static final String PAUSED = "paused";

    private JobStates() {}

    /** @param isExtended whether the client knows the status {@code paused}, on which strict SDKs fail */
    static String status(Work work, boolean isExtended) {
        return switch (work.state()) {
            case VALIDATING -> "validating_files";
            case QUEUED -> "queued";
            case PAUSED -> isExtended ? PAUSED : "queued";
            case RUNNING -> "running";
            case SUCCEEDED -> "succeeded";
            case FAILED -> "failed";
            case CANCELLED -> "cancelled";
        };
    }

    static String state(JobInsight insight) {
        Work work = insight.job().work();
        return switch (work.state()) {
            case QUEUED -> wasPaused(insight.attempts()) ? "resuming" : "queued";
            case PAUSED -> PAUSED;
            case RUNNING -> running(work);
            case VALIDATING, SUCCEEDED, FAILED, CANCELLED -> status(work, true);
        };
    }

    private static String running(Work work) {
        Wish wish = work.wish();
        if (wish == null) {
            return "running";
        }
        return switch (wish) {
            case CANCEL -> "cancelling";
            case PAUSE -> "pausing";
        };
    }

    private static boolean wasPaused(List<Attempt> attempts) {
        return !attempts.isEmpty() && attempts.get(attempts.size() - 1).outcome() == Attempt.Outcome.PAUSED;
    }
}
