package dev.anneal.service.training.history;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An event of a job.
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

    /** Severity of an event. */
    public enum Level {
        @JsonProperty("info")
        INFO,
        @JsonProperty("warn")
        WARN,
        @JsonProperty("error")
        ERROR
    }
}
