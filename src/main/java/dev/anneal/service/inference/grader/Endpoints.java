package dev.anneal.service.inference.grader;

import dev.anneal.protocol.GradingQuestion;
import dev.anneal.protocol.GradingReply;
import java.util.List;

/** Endpoints of clients that score completions. Called by several threads; retries are the implementation's. */
@FunctionalInterface
interface Endpoints {
    /** @return an answer to each completion, in their order */
    List<GradingReply.Answer> score(GradingQuestion.OfEndpoint question);
}
