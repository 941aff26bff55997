package dev.anneal.service.results.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.anneal.engine.grade.GraderSecrets;
import dev.anneal.protocol.EvaluateTask;
import dev.anneal.protocol.Progress;
import dev.anneal.service.results.evaluation.Evaluation;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The object {@code fine_tuning.evaluation}. Fields of graders are null where answers are compared, and the other way round. */
@JsonInclude(JsonInclude.Include.ALWAYS)
record EvaluationBody(
        String id,
        String object,
        long createdAt,
        @Nullable Long finishedAt,
        String status,
        WorkBody.@Nullable ErrorDetails error,
        WorkBody.@Nullable WaitingDetails waitingFor,
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
        List<Sample> samples) {

    /** A row in full. */
    @JsonInclude(JsonInclude.Include.ALWAYS)
    record Sample(
            String prompt,
            @Nullable String expected,
            String answer,
            @Nullable Double reward,
            List<String> errors) {

        static Sample of(Progress.Evaluated.Sample sample) {
            return new Sample(sample.prompt(), sample.expected(), sample.answer(), sample.reward(), sample.errors());
        }
    }

    static EvaluationBody of(Evaluation evaluation) {
        EvaluateTask.Grading grading = evaluation.grading();
        Evaluation.Result result = evaluation.result();
        return new EvaluationBody(
                evaluation.id(),
                "fine_tuning.evaluation",
                evaluation.createdAt().getEpochSecond(),
                WorkBody.seconds(evaluation.work().finishedAt()),
                WorkBody.status(evaluation.work()),
                WorkBody.error(evaluation.work()),
                WorkBody.waiting(evaluation.work()),
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
                result == null
                        ? List.of()
                        : result.samples().stream().map(Sample::of).toList());
    }
}
