package dev.anneal.service.results.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.anneal.service.queue.Waiting;
import dev.anneal.service.queue.Work;
import dev.anneal.service.queue.WorkError;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The fields of exports and evaluations that come from their work. */
final class WorkBody {

    private WorkBody() {}

    /** The failure. */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record ErrorDetails(
            String code, String message, @Nullable String param) {}

    /** A fault that the work waits for until somebody mends it. */
    record WaitingDetails(String code, String message, long since) {}

    static @Nullable WaitingDetails waiting(Work work) {
        Waiting waiting = work.waiting();
        return waiting == null
                ? null
                : new WaitingDetails(
                        waiting.code(), waiting.message(), waiting.since().getEpochSecond());
    }

    static String status(Work work) {
        return work.state().name().toLowerCase(Locale.ROOT);
    }

    static @Nullable ErrorDetails error(Work work) {
        WorkError error = work.error();
        return error == null ? null : new ErrorDetails(error.code(), error.message(), error.param());
    }

    static @Nullable Long seconds(@Nullable Instant time) {
        return time == null ? null : time.getEpochSecond();
    }
}
