package dev.anneal.service.training.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.anneal.service.training.history.JobEvent;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The object {@code fine_tuning.job.event}. */
@JsonInclude(JsonInclude.Include.ALWAYS)
record EventBody(
        String id,
        String object,
        long createdAt,
        JobEvent.Level level,
        String message,
        String type,
        @Nullable Map<String, Object> data) {

    static EventBody of(JobEvent event) {
        return new EventBody(
                event.id(),
                "fine_tuning.job.event",
                event.createdAt().getEpochSecond(),
                event.level(),
                event.message(),
                event.data() == null ? "message" : "metrics",
                event.data());
    }
}
