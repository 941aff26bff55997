package dev.anneal.service.training.outlook;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * How long a training is expected to run, from its claim to its end.
 *
 * @param basis what the expectation is based on
 */
public record ExpectedDuration(double seconds, Basis basis) {

    /** What an expectation is based on. */
    public enum Basis {
        /** Recent trainings of the model. */
        @JsonProperty("past_jobs")
        PAST_JOBS,
        /** Products that the newest worker has timed on its machine. */
        @JsonProperty("measured_machine")
        MEASURED_MACHINE
    }
}
