package dev.anneal.service.inference;

/** Receives what this process generates. Called by the threads of requests. */
public interface GenerationListener {

    /** Answers that are generated or wait now. */
    void openAnswers(int answers);

    /** A request for so many answers was refused because there are too many. */
    void refused(int answers);

    /** All answers to a prompt are complete. */
    void generated(int promptTokens, int completionTokens);
}
