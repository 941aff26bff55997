package dev.anneal.service.training.history;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened to a job, as the API shows it.
 *
 * @param number 1 for the job's first event, without gaps
 * @param data numbers of a metrics event; null for a message
 */
public record JobEvent(
        @JsonIgnore int number,
        String id,
        Instant createdAt,
        Level level,
        String message,
        @Nullable Map<String, Object> data) {

    @JsonProperty
    String object() {
        return "fine_tuning.job.event";
    }

    @JsonProperty
    String type() {
        return data == null ? "message" : "metrics";
    }

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
