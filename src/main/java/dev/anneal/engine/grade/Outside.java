package dev.anneal.engine.grade;

import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
import java.util.function.Supplier;

/** What graders ask that cannot compute a reward themselves. */
public record Outside(Judge judge, EndpointClient endpoints) {

    /** Nobody to ask: graders that need to say so in their grades. */
    public static final Outside NONE = new Outside(
            (model, conversations, sampling) -> Collections.nCopies(
                    conversations.size(), Judge.Answer.failed("no model can be asked to judge here")),
            (endpoint, samples) ->
                    Collections.nCopies(samples.size(), EndpointClient.Reply.failed("no endpoint can be asked here")));

    /** An answer to each conversation, whatever the judge does; only {@link CancellationException}, with which work is given up, passes through. */
    List<Judge.Answer> answers(String model, List<List<Judge.Message>> conversations, Judge.Sampling sampling) {
        return each(conversations.size(), () -> judge.answer(model, conversations, sampling), Judge.Answer::failed);
    }

    /** A reply for each sample, likewise. */
    List<EndpointClient.Reply> replies(EndpointClient.Endpoint endpoint, List<Sample> samples) {
        return each(samples.size(), () -> endpoints.score(endpoint, samples), EndpointClient.Reply::failed);
    }

    private static <T> List<T> each(int questions, Supplier<List<T>> ask, Function<String, T> failed) {
        if (questions == 0) {
            return List.of();
        }
        try {
            List<T> replies = ask.get();
            return replies.size() == questions
                    ? replies
                    : Collections.nCopies(
                            questions, failed.apply(replies.size() + " replies came to " + questions + " questions"));
        } catch (CancellationException e) {
            throw e;
        } catch (RuntimeException e) {
            // A failure of whoever is asked must not end the training that asks.
            return Collections.nCopies(questions, failed.apply("asking failed: " + e));
        }
    }
}
