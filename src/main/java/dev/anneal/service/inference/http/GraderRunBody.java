package dev.anneal.service.inference.http;

import dev.anneal.engine.grade.ErrorFlag;
import dev.anneal.engine.grade.Grade;
import dev.anneal.engine.grade.GradeError;
import dev.anneal.engine.grade.Grader;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The reply to a grader's run.
 *
 * @param reward 0 without a grade, as in OpenAI's API; {@code anneal.graded} distinguishes this
 */
record GraderRunBody(
        double reward,
        Metadata metadata,
        Map<String, @Nullable Double> subRewards,
        Map<String, TokenUsage> modelGraderTokenUsagePerModel,
        Verdict anneal) {

    /**
     * @param errors OpenAI's fourteen error flags and details
     * @param executionTime seconds
     * @param tokenUsage tokens that judging models read and generated; null if none was called
     * @param sampledModelName the judging model, if there is exactly one
     */
    record Metadata(
            String name,
            String type,
            Map<String, @Nullable Object> errors,
            double executionTime,
            Map<String, @Nullable Double> scores,
            @Nullable Long tokenUsage,
            @Nullable String sampledModelName) {}

    /** Tokens that a judging model read and generated. */
    record TokenUsage(long totalTokens) {}

    /**
     * @param graded whether there is a grade
     */
    record Verdict(boolean graded, List<Failure> errors) {}

    /** Details of an error flag. */
    record Failure(String flag, String grader, String message) {

        static Failure of(GradeError error) {
            return new Failure(error.flag().wireName(), error.grader(), error.message());
        }
    }

    static GraderRunBody of(Grader grader, Grade grade, double seconds) {
        Map<String, TokenUsage> usage = grade.judgeTokens().entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, entry -> new TokenUsage(entry.getValue())));
        Long tokens = usage.isEmpty()
                ? null
                : usage.values().stream().mapToLong(TokenUsage::totalTokens).sum();
        String judge = grader.judges().size() == 1
                ? grader.judges().keySet().iterator().next()
                : null;
        Double reward = grade.reward();
        return new GraderRunBody(
                reward == null ? 0 : reward,
                new Metadata(grader.name(), grader.type(), errors(grade), seconds, grade.parts(), tokens, judge),
                grade.parts(),
                usage,
                new Verdict(
                        reward != null, grade.errors().stream().map(Failure::of).toList()));
    }

    private static Map<String, @Nullable Object> errors(Grade grade) {
        Map<String, @Nullable Object> errors = new LinkedHashMap<>();
        for (ErrorFlag flag : ErrorFlag.values()) {
            errors.put(flag.wireName(), grade.has(flag));
        }
        errors.put("python_grader_server_error_type", null);
        errors.put("python_grader_runtime_error_details", null);
        errors.put(
                "model_grader_server_error_details",
                grade.errors().stream()
                        .filter(error -> error.flag() == ErrorFlag.MODEL_GRADER_SERVER_ERROR)
                        .map(GradeError::message)
                        .findFirst()
                        .orElse(null));
        return errors;
    }
}
