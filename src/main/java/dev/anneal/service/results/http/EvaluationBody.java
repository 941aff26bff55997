package dev.anneal.service.results.http;

import dev.anneal.engine.grade.GraderSecrets;
import dev.anneal.protocol.EvaluateTask;
import dev.anneal.protocol.Progress;
import dev.anneal.service.queue.Waiting;
import dev.anneal.service.queue.WorkError;
import dev.anneal.service.results.evaluation.Evaluation;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The object {@code fine_tuning.evaluation}. Fields of graders are null if answers are compared, and vice versa. */
record EvaluationBody(
        String id,
        String object,
        Instant createdAt,
        @Nullable Instant finishedAt,
        String status,
        @Nullable WorkError error,
        @Nullable Waiting waitingFor,
        String model,
        String baseModel,
        String testFile,
        int maxNewTokens,
        @Nullable Map<String, @Nullable Object> grader,
        @Nullable Integer completions,
        @Nullable Double temperature,
        @Nullable Long seed,
        @Nullable Integer rows,
        @Nullable Integer exactMatches,
        @Nullable Double accuracy,
        Map<String, Double> metrics,
        List<Progress.Evaluated.Sample> samples) {

    static EvaluationBody of(Evaluation evaluation) {
        EvaluateTask.Grading grading = evaluation.grading();
        Evaluation.Result result = evaluation.result();
        return new EvaluationBody(
                evaluation.id(),
                "fine_tuning.evaluation",
                evaluation.createdAt(),
                evaluation.work().finishedAt(),
                evaluation.work().state().wireName(),
                evaluation.work().error(),
                evaluation.work().waiting(),
                evaluation.subject(),
                evaluation.baseModel(),
                evaluation.testFile(),
                evaluation.maxNewTokens(),
                grading == null ? null : GraderSecrets.hidden(grading.grader()),
                grading == null ? null : (Integer) grading.completions(),
                grading == null ? null : (Double) grading.temperature(),
                grading == null ? null : (Long) grading.seed(),
                result == null ? null : (Integer) result.rows(),
                result == null ? null : result.exactMatches(),
                result == null ? null : result.accuracy(),
                result == null ? Map.of() : new TreeMap<>(result.metrics()),
                result == null ? List.of() : result.samples());
    }
}
