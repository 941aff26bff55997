package dev.anneal.engine.grade;

import dev.anneal.protocol.GradingQuestion;
import dev.anneal.protocol.GradingReply;
import java.util.List;
import java.util.concurrent.CancellationException;

/** The models and endpoints that graders ask. Implementations are called by several threads; retries are theirs. */
@FunctionalInterface
public interface ExternalGraders {

    /** No model and no endpoint: graders that need one say so in their grades. */
    ExternalGraders NONE = question -> question.failed(
            question instanceof GradingQuestion.OfModel
                    ? "no model can be asked to judge here"
                    : "no endpoint can be asked here");

    /** @return an answer to each conversation or completion, in their order */
    List<GradingReply.Answer> ask(GradingQuestion question);

    /** As {@link #ask}, with failed answers where asking fails. Only {@link CancellationException}, which gives work up, passes through. */
    default List<GradingReply.Answer> answers(GradingQuestion question) {
        if (question.size() == 0) {
            return List.of();
        }
        try {
            return question.complete(ask(question));
        } catch (CancellationException e) {
            throw e;
        } catch (RuntimeException e) {
            // A failure of whoever is asked must not end the training that asks.
            return question.failed("asking failed: " + e);
        }
    }
}
