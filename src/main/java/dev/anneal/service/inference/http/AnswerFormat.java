package dev.anneal.service.inference.http;

import dev.anneal.protocol.ServeReply;
import dev.anneal.service.inference.Generation;
import java.util.Optional;

/** One of OpenAI's two formats of choices. Choices are numbered over all prompts of the request. */
interface AnswerFormat {

    /** Prefix of the answer's id. */
    String idPrefix();

    /** The key {@code object} of a whole answer. */
    String object();

    /** The key {@code object} of a part of an answer. */
    String partObject();

    Object whole(int index, Generation.Choice choice);

    /** The part that comes before all others of a choice. */
    Optional<Object> first(int index);

    Object more(int index, ServeReply.Text text);

    Object end(int index, String finishReason);
}
