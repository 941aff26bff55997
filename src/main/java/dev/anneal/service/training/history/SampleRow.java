package dev.anneal.service.training.history;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A completion of a rollout.
 *
 * @param step that it was sampled for, 1 for the first
 * @param position among those of the step that are kept
 * @param beta coefficient of the policy that it was sampled from
 * @param line of the prompt in the training file, counted from 1
 * @param tokens of the completion, with the one that ended it
 * @param truncated whether it was cut before it came to an end
 * @param reward null if the grader came to no verdict
 * @param errors what went wrong in grading
 */
public record SampleRow(
        int step,
        int position,
        Instant recordedAt,
        double beta,
        long line,
        String prompt,
        String completion,
        int tokens,
        boolean truncated,
        @Nullable Double reward,
        List<String> errors) {

    public SampleRow {
        errors = List.copyOf(errors);
    }

    /** Names it within its job. */
    public String id() {
        return "ftsample-%d-%d".formatted(step, position);
    }
}
