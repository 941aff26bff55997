package dev.anneal.service.training.history;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A completion of a rollout.
 *
 * @param step step that it was sampled for, 1 for the first
 * @param position index among the kept completions of the step
 * @param beta annealing coefficient of the sampling policy
 * @param line line of the prompt in the training file, from 1
 * @param completionTokens number of tokens, with the end token
 * @param truncated whether it was cut before its end
 * @param reward null if the grader gave none
 * @param errors errors of grading
 */
public record SampleRow(
        int step,
        @JsonIgnore int position,
        Instant createdAt,
        double beta,
        long line,
        String prompt,
        String completion,
        int completionTokens,
        boolean truncated,
        @Nullable Double reward,
        List<String> errors) {

    public SampleRow {
        errors = List.copyOf(errors);
    }

    /** Unique within its job. */
    @JsonProperty
    public String id() {
        return "ftsample-%d-%d".formatted(step, position);
    }

    @JsonProperty
    String object() {
        return "fine_tuning.job.sample";
    }
}
