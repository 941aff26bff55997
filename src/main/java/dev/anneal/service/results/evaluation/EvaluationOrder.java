package dev.anneal.service.results.evaluation;

import dev.anneal.protocol.EvaluateTask;
import dev.anneal.service.training.history.Checkpoint;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The task of a worker that has claimed an evaluation.
 *
 * @param createdAt when the evaluation was created
 * @param model id of the base model
 * @param modelRevision its required commit on the Hub; null for one from the operator's folder
 * @param checkpoint checkpoint whose adapter is applied, or null
 * @param exportDirectory key of a merged export's folder, used instead of the base model, or null
 * @param testFile id of an uploaded file
 * @param grading how completions are sampled and graded, or null to compare answers
 */
public record EvaluationOrder(
        String tenantId,
        String evaluationId,
        Instant createdAt,
        String model,
        @Nullable String modelRevision,
        @Nullable Checkpoint checkpoint,
        @Nullable String exportDirectory,
        String testFile,
        int maxNewTokens,
        int sampleRows,
        EvaluateTask.@Nullable Grading grading) {}
