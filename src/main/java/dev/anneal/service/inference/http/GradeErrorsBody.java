package dev.anneal.service.inference.http;

import dev.anneal.engine.grade.ErrorFlag;
import dev.anneal.engine.grade.Grade;
import dev.anneal.engine.grade.GradeError;
import org.jspecify.annotations.Nullable;

/** OpenAI's fourteen error flags and details. */
record GradeErrorsBody(
        boolean formulaParseError,
        boolean sampleParseError,
        boolean truncatedObservationError,
        boolean unresponsiveRewardError,
        boolean invalidVariableError,
        boolean otherError,
        boolean pythonGraderServerError,
        @Nullable String pythonGraderServerErrorType,
        boolean pythonGraderRuntimeError,
        @Nullable String pythonGraderRuntimeErrorDetails,
        boolean modelGraderServerError,
        boolean modelGraderRefusalError,
        boolean modelGraderParseError,
        @Nullable String modelGraderServerErrorDetails) {

    static GradeErrorsBody of(Grade grade) {
        return new GradeErrorsBody(
                grade.has(ErrorFlag.FORMULA_PARSE_ERROR),
                grade.has(ErrorFlag.SAMPLE_PARSE_ERROR),
                grade.has(ErrorFlag.TRUNCATED_OBSERVATION_ERROR),
                grade.has(ErrorFlag.UNRESPONSIVE_REWARD_ERROR),
                grade.has(ErrorFlag.INVALID_VARIABLE_ERROR),
                grade.has(ErrorFlag.OTHER_ERROR),
                grade.has(ErrorFlag.PYTHON_GRADER_SERVER_ERROR),
                null,
                grade.has(ErrorFlag.PYTHON_GRADER_RUNTIME_ERROR),
                null,
                grade.has(ErrorFlag.MODEL_GRADER_SERVER_ERROR),
                grade.has(ErrorFlag.MODEL_GRADER_REFUSAL_ERROR),
                grade.has(ErrorFlag.MODEL_GRADER_PARSE_ERROR),
                details(grade, ErrorFlag.MODEL_GRADER_SERVER_ERROR));
    }

    private static @Nullable String details(Grade grade, ErrorFlag flag) {
        return grade.errors().stream()
                .filter(error -> error.flag() == flag)
                .map(GradeError::message)
                .findFirst()
                .orElse(null);
    }
}
