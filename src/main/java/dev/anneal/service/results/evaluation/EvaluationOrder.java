package dev.anneal.service.results.evaluation;

import dev.anneal.service.training.history.Checkpoint;
import org.jspecify.annotations.Nullable;

/**
 * The task of a worker that has claimed an evaluation.
 *
 * @param checkpoint checkpoint whose adapter is applied, or null
 * @param exportDirectory key of a merged export's folder, used instead of the base model, or null
 */
public record EvaluationOrder(
        Evaluation evaluation,
        @Nullable Checkpoint checkpoint,
        @Nullable String exportDirectory) {}
