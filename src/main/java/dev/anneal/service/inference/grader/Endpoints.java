package dev.anneal.service.inference.grader;

import dev.anneal.protocol.GradingQuestion;
import dev.anneal.protocol.GradingReply;
import java.util.List;

/** Endpoints of clients that score completions. Thread-safe; implementations retry. */
@FunctionalInterface
interface Endpoints {
    /**
     * @param tenantId tenant on whose behalf they are called
     * @return an answer for each completion, in order
     */
    List<GradingReply.Answer> score(String tenantId, GradingQuestion.OfEndpoint question);
}
