package dev.anneal.service.inference;

import dev.anneal.protocol.ServeReply;

/** Receives counts of generation in this process. Called by request threads. */
public interface GenerationListener {

    /** Sets the number of answers being generated or waiting. */
    void openAnswers(int answers);

    /** A request for this many answers was refused because of the limit. */
    void refused(int answers);

    /** All answers to a prompt are complete. */
    void generated(int promptTokens, ServeReply.TokenCounts tokens);
}
