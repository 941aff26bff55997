package dev.anneal.engine.text.template;

import java.util.List;

/**
 * A rendered conversation.
 *
 * @param assistantSpans spans of {@code {% generation %}} blocks, the assistant's text: ascending, disjoint
 */
public record Rendering(String text, List<Span> assistantSpans) {

    public Rendering {
        assistantSpans = List.copyOf(assistantSpans);
    }

    /**
     * Half-open range of UTF-16 units of the text.
     *
     * @param start first unit of the span
     * @param end first unit after the span
     */
    public record Span(int start, int end) {}
}
