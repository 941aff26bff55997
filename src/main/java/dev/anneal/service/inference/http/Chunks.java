package dev.anneal.service.inference.http;

import dev.anneal.protocol.ServeReply;
import java.util.Optional;

/** How the parts of a streamed answer read in one of the two formats. Choices are counted over all prompts of the request. */
interface Chunks {

    /** Said before anything else of a choice. */
    Optional<Object> first(int choice);

    Object more(ServeReply.Text text);

    Object end(ServeReply.Ended ended);

    Object usage(Usage usage);
}
