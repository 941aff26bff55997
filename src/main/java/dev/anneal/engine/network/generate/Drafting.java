package dev.anneal.engine.network.generate;

/** Whether steps of generation read draft tokens, which changes no answer. */
public enum Drafting {
    /** One token of each sequence in a step. */
    NONE,

    /** Draft tokens from prompt, prediction and answer, as many as measured times make worthwhile. */
    PROMPT_LOOKUP
}
