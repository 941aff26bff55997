package dev.anneal.service.training.history;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A completion of a rollout, as the API shows it.
 *
 * @param step that it was sampled for, 1 for the first
 * @param position among those of the step that are kept
 * @param beta coefficient of the policy that it was sampled from
 * @param line of the prompt in the training file, counted from 1
 * @param completionTokens with the one that ended it
 * @param truncated whether it was cut before it came to an end
 * @param reward null if the grader came to no verdict
 * @param errors what went wrong in grading
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
