package dev.anneal.engine.grade;

import dev.anneal.protocol.GradingQuestion;
import dev.anneal.protocol.GradingReply;
import java.util.List;
import java.util.concurrent.CancellationException;

/** Models and endpoints for graders. Implementations are thread-safe and do retries. */
@FunctionalInterface
public interface ExternalGraders {

    /** No models or endpoints: graders that need one report it in their grades. */
    ExternalGraders NONE = question -> question.failed(
            question instanceof GradingQuestion.OfModel
                    ? "no model can be asked to judge here"
                    : "no endpoint can be asked here");

    /**
     * @return an answer for each conversation or completion, in order
     */
    List<GradingReply.Answer> ask(GradingQuestion question);

    /**
     * As {@link #ask}, but with failed answers instead of exceptions, except {@link CancellationException}, which is
     * rethrown.
     */
    default List<GradingReply.Answer> answers(GradingQuestion question) {
        if (question.size() == 0) {
            return List.of();
        }
        try {
            return question.complete(ask(question));
        } catch (CancellationException e) {
            throw e;
        } catch (RuntimeException e) {
            // A failure of models or endpoints must not end the training.
            return question.failed("asking failed: " + e);
        }
    }
}
