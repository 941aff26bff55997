package dev.anneal.engine.grade;

import java.util.Collections;

/** What graders ask that cannot compute a reward themselves. */
public record Outside(Judge judge, EndpointClient endpoints) {

    /** Nobody to ask: graders that need to say so in their grades. */
    public static final Outside NONE = new Outside(
            (model, conversations, sampling) -> Collections.nCopies(
                    conversations.size(), Judge.Answer.failed("no model can be asked to judge here")),
            (endpoint, samples) ->
                    Collections.nCopies(samples.size(), EndpointClient.Reply.failed("no endpoint can be asked here")));
}
