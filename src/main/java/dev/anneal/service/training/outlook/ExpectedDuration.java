package dev.anneal.service.training.outlook;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * Expected duration of a training, from its claim to its end.
 *
 * @param seconds null for a guess, or if nothing is known
 * @param range where it lies if it is a guess, or if completions may have any length; otherwise null
 * @param basis basis of the expectation; null if nothing is known
 */
public record ExpectedDuration(
        @Nullable Double seconds,
        @Nullable DurationRange range,
        @Nullable Basis basis) {

    public static final ExpectedDuration UNKNOWN = new ExpectedDuration(null, null, null);

    /** Basis of an expectation. */
    public enum Basis {
        /** Recent trainings of the model. */
        @JsonProperty("past_jobs")
        PAST_JOBS,
        /** Recent trainings of the most similar other model. */
        @JsonProperty("other_models")
        OTHER_MODELS,
        /** Speeds of common processors, before anything has been trained. */
        @JsonProperty("guess")
        GUESS
    }
}
