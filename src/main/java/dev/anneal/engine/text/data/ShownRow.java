package dev.anneal.engine.text.data;

import dev.anneal.engine.text.fault.RowProblem;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A line of a file as a model reads it.
 *
 * @param line from 1
 * @param texts one for a conversation or a prompt, for a pair the preferred answer's and then the other one's; empty if
 *     there is a problem
 * @param problem why the line is not used, or null
 */
public record ShownRow(
        long line, List<Text> texts, @Nullable RowProblem problem) {

    public ShownRow {
        texts = List.copyOf(texts);
    }

    /**
     * A rendered conversation. Special tokens that a message spells out look like the template's own here; the model
     * reads them as text.
     *
     * @param spans the whole text, in order
     */
    public record Text(int tokens, int trainedTokens, List<Span> spans) {

        public Text {
            spans = List.copyOf(spans);
        }
    }

    /** A piece of the text whose tokens are all trained, or all only context. */
    public record Span(String text, boolean isTrained) {}
}
