package dev.anneal.service.inference.grader;

import dev.anneal.protocol.GradingQuestion;
import dev.anneal.protocol.GradingReply;

/** Answers the questions of the graders of one attempt. Thread-safe. */
@FunctionalInterface
public interface GradingAnswers {

    /**
     * Blocks until models and endpoints have answered. Failures are part of the answers.
     *
     * @param id id of the question
     */
    GradingReply answer(long id, GradingQuestion question);
}
