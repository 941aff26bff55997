package dev.anneal.service.exportapi;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.anneal.protocol.Progress;
import dev.anneal.service.evaluation.Evaluation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The object {@code fine_tuning.evaluation}. */
@JsonInclude(JsonInclude.Include.ALWAYS)
record EvaluationBody(
        String id,
        String object,
        long createdAt,
        @Nullable Long finishedAt,
        String status,
        WorkBody.@Nullable ErrorDetails error,
        String model,
        String baseModel,
        String testFile,
        int maxNewTokens,
        @Nullable Integer rows,
        @Nullable Integer exactMatches,
        @Nullable Double accuracy,
        List<Progress.Evaluated.Sample> samples) {

    static EvaluationBody of(Evaluation evaluation) {
        Evaluation.Result result = evaluation.result();
        return new EvaluationBody(
                evaluation.id(),
                "fine_tuning.evaluation",
                evaluation.createdAt().getEpochSecond(),
                WorkBody.seconds(evaluation.work().finishedAt()),
                WorkBody.status(evaluation.work()),
                WorkBody.error(evaluation.work()),
                evaluation.subject(),
                evaluation.baseModel(),
                evaluation.testFile(),
                evaluation.maxNewTokens(),
                result == null ? null : (Integer) result.rows(),
                result == null ? null : (Integer) result.exactMatches(),
                result == null ? null : (Double) result.accuracy(),
                result == null ? List.of() : result.samples());
    }
}
