package dev.anneal.engine.grade;

import dev.anneal.protocol.WireName;

/** What can go wrong while a completion is graded. The lower-case names are the flags of OpenAI's reply to a grader's run. */
public enum ErrorFlag implements WireName {
    /** A formula cannot be read. Formulas are read before anything is graded, so that this never comes up here. */
    FORMULA_PARSE_ERROR,
    /** A template asks for a part of the completion that it does not have, such as JSON of a completion that is none. The grade is 0. */
    SAMPLE_PARSE_ERROR,
    /** A text was longer than its metric compares; the grade is that of its beginning. */
    TRUNCATED_OBSERVATION_ERROR,
    /** An endpoint gave no answer, or none with a score. */
    UNRESPONSIVE_REWARD_ERROR,
    /** A template names something that the row does not have. */
    INVALID_VARIABLE_ERROR,
    /** Anything else, such as a reward that is no finite number, or a template that becomes too long. */
    OTHER_ERROR,
    PYTHON_GRADER_SERVER_ERROR,
    PYTHON_GRADER_RUNTIME_ERROR,
    /** The judging model could not be asked. */
    MODEL_GRADER_SERVER_ERROR,
    /** The judging model answered nothing. */
    MODEL_GRADER_REFUSAL_ERROR,
    /** The judging model's answer holds no score or no label. */
    MODEL_GRADER_PARSE_ERROR;

    /** Whether somebody was asked and did not answer, so that asking again may help. All others come of the row, the completion and the grader, which stay the same. */
    public boolean isOfNoAnswer() {
        return this == UNRESPONSIVE_REWARD_ERROR || this == MODEL_GRADER_SERVER_ERROR;
    }
}
