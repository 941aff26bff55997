package dev.anneal.service.inference.grader;

import dev.anneal.protocol.GradingQuestion;
import dev.anneal.protocol.GradingReply;
import java.util.List;

/** Endpoints of clients that score completions. Thread-safe; implementations retry. */
@FunctionalInterface
interface Endpoints {
    /**
     * @return an answer for each completion, in order
     */
    List<GradingReply.Answer> score(GradingQuestion.OfEndpoint question);
}
