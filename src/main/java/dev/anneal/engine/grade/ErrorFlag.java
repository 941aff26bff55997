package dev.anneal.engine.grade;

import dev.anneal.protocol.WireName;

/** Errors of grading. The lower-case names are the flags of OpenAI's grader runs. */
public enum ErrorFlag implements WireName {
    /** A formula is invalid. Never set here, because formulas are parsed before grading. */
    FORMULA_PARSE_ERROR,
    /**
     * A template uses a missing part of the completion, such as the JSON of a completion that is not JSON. The grade is
     * 0.
     */
    SAMPLE_PARSE_ERROR,
    /** A text exceeded the limit of its metric; the grade is that of its beginning. */
    TRUNCATED_OBSERVATION_ERROR,
    /** An endpoint gave no answer, or none with a score. */
    UNRESPONSIVE_REWARD_ERROR,
    /** A template uses a key that the row does not have. */
    INVALID_VARIABLE_ERROR,
    /** Anything else, such as a reward that is not finite, or a filled template that is too long. */
    OTHER_ERROR,
    PYTHON_GRADER_SERVER_ERROR,
    PYTHON_GRADER_RUNTIME_ERROR,
    /** The judging model could not be called. */
    MODEL_GRADER_SERVER_ERROR,
    /** The judging model's answer is empty. */
    MODEL_GRADER_REFUSAL_ERROR,
    /** The judging model's answer has no score or label. */
    MODEL_GRADER_PARSE_ERROR;

    /**
     * Whether a model or endpoint did not answer, so that a retry may succeed. All others depend only on row,
     * completion and grader.
     */
    public boolean isOfNoAnswer() {
        return this == UNRESPONSIVE_REWARD_ERROR || this == MODEL_GRADER_SERVER_ERROR;
    }
}
