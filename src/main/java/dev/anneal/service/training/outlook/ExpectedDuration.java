package dev.anneal.service.training.outlook;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * Expected duration of a training, from its claim to its end.
 *
 * @param basis basis of the expectation
 */
public record ExpectedDuration(double seconds, Basis basis) {

    /** Basis of an expectation. */
    public enum Basis {
        /** Recent trainings of the model. */
        @JsonProperty("past_jobs")
        PAST_JOBS,
        /** The latest measurement of a worker's machine. */
        @JsonProperty("measured_machine")
        MEASURED_MACHINE
    }
}
