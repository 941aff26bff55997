package dev.anneal.service.training.history;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened to a job.
 *
 * @param number 1 for the job's first event, without gaps
 * @param data numbers of a metrics event; null for a message
 */
public record JobEvent(
        int number,
        String id,
        Instant createdAt,
        Level level,
        String message,
        @Nullable Map<String, Object> data) {

    /** How much an event matters. */
    public enum Level {
        @JsonProperty("info")
        INFO,
        @JsonProperty("warn")
        WARN,
        @JsonProperty("error")
        ERROR
    }
}
