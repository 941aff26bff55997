package dev.anneal.service.inference.grader;

import dev.anneal.protocol.GradingQuestion;
import dev.anneal.protocol.GradingReply;

/** Answers what the graders of one attempt ask. Safe for use by several threads. */
@FunctionalInterface
public interface GradingAnswers {

    /**
     * Takes as long as models and endpoints do. What goes wrong is in the answers.
     *
     * @param id of the question
     */
    GradingReply answer(long id, GradingQuestion question);
}
