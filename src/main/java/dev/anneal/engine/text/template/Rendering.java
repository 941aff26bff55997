package dev.anneal.engine.text.template;

import java.util.List;

/**
 * A rendered conversation.
 *
 * @param assistantSpans what {@code {% generation %}} blocks marked as written by the assistant: ascending, disjoint
 */
public record Rendering(String text, List<Span> assistantSpans) {

    public Rendering {
        assistantSpans = List.copyOf(assistantSpans);
    }

    /**
     * Half-open range of UTF-16 units of the text.
     *
     * @param start first unit that belongs to the span
     * @param end first unit that does not
     */
    public record Span(int start, int end) {}
}
