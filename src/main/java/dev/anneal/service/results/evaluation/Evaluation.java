package dev.anneal.service.results.evaluation;

import dev.anneal.protocol.EvaluateTask;
import dev.anneal.protocol.Progress;
import dev.anneal.service.queue.Work;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An evaluation as it stands now.
 *
 * @param number internal key
 * @param subject what the client named: a model or an export
 * @param baseModel the base model behind it
 * @param baseRevision commit of the Hub that it is; null for one from the operator's folder
 * @param checkpoint internal key of the checkpoint whose adapter is applied, or null
 * @param export internal key of the export that is evaluated, or null
 * @param grading how completions are sampled and graded, or null to compare answers
 * @param result null until it has succeeded
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
     * @param exactMatches null where completions are graded
     * @param metrics of graded completions by TRL's names, empty where answers are compared
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

        /** Share of exact matches, 0 without rows; null where completions are graded. */
        public @Nullable Double accuracy() {
            if (exactMatches == null) {
                return null;
            }
            return rows == 0 ? 0.0 : (double) exactMatches / rows;
        }
    }
}
