package dev.anneal.service.training.http;

import dev.anneal.service.queue.Attempt;
import dev.anneal.service.queue.Wish;
import dev.anneal.service.queue.Work;
import dev.anneal.service.queue.WorkState;
import dev.anneal.service.training.outlook.JobInsight;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Names of a job's state: OpenAI's {@code status}, and the finer {@code anneal.state}. */
final class JobStates {

    private JobStates() {}

    /** @param isExtended whether the client knows the status {@code paused}, on which strict SDKs fail */
    static String status(Work work, boolean isExtended) {
        return name(work.state() == WorkState.PAUSED && !isExtended ? WorkState.QUEUED : work.state());
    }

    /** The state whose jobs have this status for a client that knows all of them. */
    static Optional<WorkState> named(String status) {
        return Arrays.stream(WorkState.values())
                .filter(state -> name(state).equals(status))
                .findFirst();
    }

    /** Names of all states, as {@link #named} reads them. */
    static List<String> names() {
        return Arrays.stream(WorkState.values()).map(JobStates::name).toList();
    }

    /** The status for a client that knows all of them. */
    static String name(WorkState state) {
        return state == WorkState.VALIDATING ? "validating_files" : state.wireName();
    }

    static String state(JobInsight insight) {
        Work work = insight.job().work();
        return switch (work.state()) {
            case QUEUED -> wasPaused(insight.attempts()) ? "resuming" : "queued";
            case RUNNING -> running(work);
            case VALIDATING, PAUSED, SUCCEEDED, FAILED, CANCELLED -> name(work.state());
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
