package dev.anneal.service.results.evaluation;

import dev.anneal.protocol.EvaluateTask;
import dev.anneal.protocol.Progress;
import dev.anneal.service.queue.Work;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An evaluation in its current state.
 *
 * @param number internal key
 * @param subject the model or export that the client named
 * @param baseModel its base model
 * @param baseRevision its commit on the Hub; null for one from the operator's folder
 * @param checkpoint internal key of the checkpoint whose adapter is applied, or null
 * @param export internal key of the export that is evaluated, or null
 * @param grading how completions are sampled and graded, or null to compare answers
 * @param result the result; null until it has succeeded
 * @param work its work in the queue; its state is the evaluation's
 */
public record Evaluation(
        long number,
        String id,
        Instant createdAt,
        String subject,
        String baseModel,
        @Nullable String baseRevision,
        @Nullable Long checkpoint,
        @Nullable Long export,
        String testFile,
        int maxNewTokens,
        int sampleRows,
        EvaluateTask.@Nullable Grading grading,
        @Nullable Result result,
        Work work) {

    /**
     * The result.
     *
     * @param exactMatches number of exact matches; null if completions are graded
     * @param metrics metrics of graded completions under TRL's names; empty if answers are compared
     */
    public record Result(
            int rows,
            @Nullable Integer exactMatches,
            Map<String, Double> metrics,
            List<Progress.Evaluated.Sample> samples) {

        public Result {
            metrics = Map.copyOf(metrics);
            samples = List.copyOf(samples);
        }

        /** Share of exact matches, 0 without rows; null if completions are graded. */
        public @Nullable Double accuracy() {
            if (exactMatches == null) {
                return null;
            }
            return rows == 0 ? 0.0 : (double) exactMatches / rows;
        }
    }
}
