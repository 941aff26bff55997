package dev.anneal.engine.text.data;

import dev.anneal.engine.text.fault.RowRejectedException;
import dev.anneal.engine.text.template.Rendering.Span;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Selects those of a template's {@code {% generation %}} spans that belong to trained messages. A span belongs to the
 * messages whose texts it contains; one without any, such as an end of text, belongs to the message before it, or to
 * one that shows nothing.
 */
final class MarkedSpans {

    private final RenderedRow rendered;
    private final ShownTexts shown;

    MarkedSpans(RenderedRow rendered) {
        this.rendered = rendered;
        this.shown = rendered.shown();
    }

    /** The spans of the trained messages, ascending. */
    List<Span> trained() throws RowRejectedException {
        boolean areAllTrained = assistants(0, messages()).allMatch(this::isTrained);
        List<Span> trained = new ArrayList<>();
        for (Span span : rendered.rendering().assistantSpans()) {
            if (areAllTrained || isTrained(span)) {
                trained.add(span);
            }
        }
        checkUnlocated(trained);
        return trained;
    }

    private int messages() {
        return rendered.conversation().size();
    }

    /** Refuses trained spans where an unlocated message of another role may be. */
    private void checkUnlocated(List<Span> trained) throws RowRejectedException {
        for (int i = 0; i < messages(); i++) {
            if (!rendered.isAssistant(i) && !shown.isLocated(i)) {
                Span between = shown.between(i, Integer.MAX_VALUE);
                if (trained.stream().anyMatch(span -> mayHold(span, between))) {
                    throw rendered.unclear(
                            i, "a {% generation %} block that may be of this message or of the assistant's");
                }
            }
        }
    }

    /**
     * Whether a span lies between the texts of two messages, or contains everything between them. One that only ends or
     * begins there belongs to one of the two.
     */
    private static boolean mayHold(Span span, Span between) {
        boolean isWithin = span.start() >= between.start() && span.end() <= between.end();
        boolean isAround = span.start() <= between.start() && span.end() >= between.end();
        return isWithin || isAround;
    }

    private boolean isTrained(Span span) throws RowRejectedException {
        Set<Integer> messages = messages(span);
        boolean isAnyTrained = messages.stream().anyMatch(this::isTrained);
        boolean isEitherKind = isAnyTrained && !messages.stream().allMatch(this::isTrained);
        if (isEitherKind || !assistants(0, messages()).allMatch(shown::isLocated)) {
            throw rendered.unclear(
                    messages.isEmpty() ? rendered.row().lastAssistant() : Collections.min(messages),
                    "a {% generation %} block that may be of this message or of one with weight 0");
        }
        return isAnyTrained;
    }

    private Set<Integer> messages(Span span) {
        Set<Integer> messages = new TreeSet<>();
        int before = ShownTexts.NOWHERE;
        int behind = messages();
        for (ShownTexts.Piece piece : shown.pieces()) {
            if (piece.isBefore(span)) {
                before = piece.message();
            } else if (piece.isBehind(span)) {
                behind = Math.min(behind, piece.message());
            } else {
                messages.add(piece.message());
            }
        }
        if (messages.isEmpty()) {
            if (before != ShownTexts.NOWHERE && rendered.isAssistant(before)) {
                messages.add(before);
            }
            assistants(before + 1, behind)
                    .filter(i -> shown.first(i) == ShownTexts.NOWHERE)
                    .forEach(messages::add);
        }
        return messages;
    }

    private IntStream assistants(int from, int to) {
        return IntStream.range(from, to).filter(rendered::isAssistant);
    }

    private boolean isTrained(int message) {
        return rendered.message(message).isTrained();
    }
}
