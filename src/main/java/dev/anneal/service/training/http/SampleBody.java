package dev.anneal.service.training.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.anneal.service.training.history.SampleRow;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A completion of a rollout. */
@JsonInclude(JsonInclude.Include.ALWAYS)
record SampleBody(
        String id,
        String object,
        long createdAt,
        int step,
        double beta,
        long line,
        String prompt,
        String completion,
        int completionTokens,
        boolean truncated,
        @Nullable Double reward,
        List<String> errors) {

    static SampleBody of(SampleRow row) {
        return new SampleBody(
                row.id(),
                "fine_tuning.job.sample",
                row.recordedAt().getEpochSecond(),
                row.step(),
                row.beta(),
                row.line(),
                row.prompt(),
                row.completion(),
                row.tokens(),
                row.truncated(),
                row.reward(),
                row.errors());
    }
}
