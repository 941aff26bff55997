package dev.anneal.service.results.evaluation;

import dev.anneal.protocol.EvaluateTask;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import dev.anneal.service.platform.request.StrictObject;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A request for an evaluation of either a model or an export.
 *
 * @param model id of a base or tuned model, or null
 * @param export id of a merged export, or null
 * @param maxNewTokens maximum number of tokens of an answer
 * @param samples number of rows reported in full
 * @param grading how completions are sampled and graded, or null to compare answers
 */
public record EvaluationRequest(
        @Nullable String model,
        @Nullable String export,
        String testFile,
        int maxNewTokens,
        int samples,
        EvaluateTask.@Nullable Grading grading) {

    private static final int DEFAULT_NEW_TOKENS = 64;
    private static final int DEFAULT_SAMPLES = 3;

    /** Reads the body of {@code POST /v1/fine_tuning/evaluations}. */
    public static EvaluationRequest read(StrictObject body) {
        String model = body.text("model");
        String export = body.text("export");
        if ((model == null) == (export == null)) {
            throw new Refusal(
                    RefusalCode.MISSING_PARAMETER,
                    "give either 'model', a base or tuned model, or 'export', a merged export"
                            + (model == null ? "" : ", not both"),
                    "model");
        }
        String testFile = body.requiredText("test_file");
        Integer maxNewTokens = body.wholeNumber("max_new_tokens", 1, 4096);
        Integer samples = body.wholeNumber("samples", 0, 100);
        EvaluateTask.Grading grading = GradingKeys.read(body);
        body.refuseOthers();
        return new EvaluationRequest(
                model,
                export,
                testFile,
                maxNewTokens == null ? DEFAULT_NEW_TOKENS : maxNewTokens,
                samples == null ? DEFAULT_SAMPLES : samples,
                grading);
    }

    /** The same request with another grader. */
    EvaluationRequest with(Map<String, @Nullable Object> grader) {
        EvaluateTask.Grading given = Objects.requireNonNull(grading, "the request has a grader");
        return new EvaluationRequest(
                model,
                export,
                testFile,
                maxNewTokens,
                samples,
                new EvaluateTask.Grading(grader, given.completions(), given.temperature(), given.seed()));
    }

    /** The model or export that the client named. */
    String subject() {
        return model != null ? model : String.valueOf(export);
    }
}
