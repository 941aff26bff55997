package dev.anneal.engine.text.data;

import dev.anneal.engine.text.template.Rendering;
import dev.anneal.engine.text.template.Rendering.Span;
import dev.anneal.engine.text.template.TemplateException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Positions of the texts of each message in a rendering of the conversation, found in a second rendering with cursors
 * around the texts. Cursors may change the output of a template that inspects texts; then the messages are located in
 * parts.
 */
final class ShownTexts {

    /** Position of a message that shows nothing. */
    static final int NOWHERE = -1;

    /**
     * A text of a message, or the part that the template shows; if its beginning or end is missing, only the position
     * of the other.
     *
     * @param begins whether its beginning is shown
     * @param ends whether its end is shown
     */
    record Piece(int message, Span span, Cursors.MessagePart kind, boolean begins, boolean ends) {

        boolean isWhole() {
            return begins && ends;
        }

        /**
         * Whether its text precedes a part of the rendering: a text shown from its beginning continues after its
         * position.
         */
        boolean isBefore(Span part) {
            return ends ? span.end() <= part.start() : span.end() < part.start();
        }

        /** Whether its text follows a part of the rendering: a text shown to its end lies before its position. */
        boolean isBehind(Span part) {
            return begins ? span.start() >= part.end() : span.start() > part.end();
        }

        /** The span that certainly belongs to the message: for a partly shown text, the unit next to its position. */
        Span certain() {
            return new Span(begins ? span.start() : span.start() - 1, ends ? span.end() : span.end() + 1);
        }
    }

    private final List<Piece> pieces = new ArrayList<>();
    private final BitSet located = new BitSet();

    /** The pieces of each message, ascending by their starts. */
    private final List<List<Piece>> byMessage;

    private ShownTexts(int messages) {
        byMessage = Stream.generate(() -> (List<Piece>) new ArrayList<Piece>())
                .limit(messages)
                .toList();
    }

    /** @param shown the rendering of all messages */
    static ShownTexts of(Conversation conversation, boolean addGenerationPrompt, String shown) {
        ShownTexts texts = new ShownTexts(conversation.size());
        texts.located.or(Bisection.passing(
                conversation.size(),
                part -> texts.locate(
                        conversation, addGenerationPrompt, shown, i -> part.start() <= i && i < part.end())));
        texts.pieces.sort(Comparator.comparingInt(piece -> piece.span.start()));
        texts.pieces.forEach(piece -> texts.byMessage.get(piece.message).add(piece));
        return texts;
    }

    private boolean locate(
            Conversation conversation, boolean addGenerationPrompt, String shown, IntPredicate messages) {
        Cursors.@Nullable Reading reading = reading(conversation, addGenerationPrompt, messages);
        if (reading == null || !reading.text().equals(shown)) {
            return false;
        }
        pieces.addAll(pieces(reading.cursors()));
        return true;
    }

    private static Cursors.@Nullable Reading reading(
            Conversation conversation, boolean addGenerationPrompt, IntPredicate messages) {
        try {
            Rendering rendering = conversation.renderWithCursors(messages, addGenerationPrompt);
            return conversation.cursors().read(rendering.text());
        } catch (TemplateException e) {
            return null;
        }
    }

    private static List<Piece> pieces(List<Cursors.Cursor> cursors) {
        List<Piece> pieces = new ArrayList<>();
        Map<Integer, Cursors.Cursor> open = new HashMap<>();
        for (Cursors.Cursor cursor : cursors) {
            if (!cursor.isEnd()) {
                Cursors.@Nullable Cursor unended = open.put(cursor.message(), cursor);
                if (unended != null) {
                    pieces.add(beginning(unended));
                }
                continue;
            }
            Cursors.@Nullable Cursor start = open.remove(cursor.message());
            int at = start == null ? cursor.at() : start.at();
            pieces.add(new Piece(cursor.message(), new Span(at, cursor.at()), cursor.kind(), start != null, true));
        }
        open.values().forEach(unended -> pieces.add(beginning(unended)));
        return pieces;
    }

    private static Piece beginning(Cursors.Cursor start) {
        return new Piece(start.message(), new Span(start.at(), start.at()), start.kind(), true, false);
    }

    /** All of them, ascending by their starts. */
    List<Piece> pieces() {
        return pieces;
    }

    /** Whether {@link #pieces} contains everything that the rendering shows of a message. */
    boolean isLocated(int message) {
        return located.get(message);
    }

    /** Whether that holds for a message and for those that may lie between it and the next text of another. */
    boolean isLocatedUpToNext(int message, int at) {
        int to = behind(message, at).map(Piece::message).orElse(byMessage.size());
        int behind = to > message ? to : byMessage.size();
        int from = to > message ? message : 0;
        return located.nextClearBit(from) >= behind;
    }

    /**
     * The messages after the last earlier one with a shown text, up to and including the first later one with a shown
     * text, without this one.
     */
    IntStream neighbours(int message) {
        int from = message;
        while (from > 0 && first(from - 1) == NOWHERE) {
            from--;
        }
        int to = message + 1;
        while (to < byMessage.size() && first(to) == NOWHERE) {
            to++;
        }
        return IntStream.rangeClosed(from, Math.min(to, byMessage.size() - 1)).filter(i -> i != message);
    }

    /** Whether the texts that a message shows are complete. */
    boolean isWhole(int message) {
        return byMessage.get(message).stream().allMatch(Piece::isWhole);
    }

    /** Whether the content of a message is shown from its beginning. */
    boolean showsContent(int message) {
        return byMessage.get(message).stream()
                .anyMatch(piece -> piece.begins && piece.kind == Cursors.MessagePart.CONTENT);
    }

    /** Start of the first text of a message, or {@link #NOWHERE}. */
    int first(int message) {
        return firstPiece(message).map(piece -> piece.span.start()).orElse(NOWHERE);
    }

    private Optional<Piece> firstPiece(int message) {
        return byMessage.get(message).stream().findFirst();
    }

    /** Whether the first text of a message is shown from its beginning and is content or reasoning. */
    boolean beginsWithWords(int message) {
        return firstPiece(message)
                .filter(piece -> piece.begins && piece.kind != Cursors.MessagePart.CALL)
                .isPresent();
    }

    /** Whether the first shown part of a message is the end of a text. */
    boolean showsEndFirst(int message) {
        return firstPiece(message).filter(piece -> !piece.begins).isPresent();
    }

    /** End of the last text of a message, or {@link #NOWHERE}. */
    int last(int message) {
        return byMessage.get(message).stream()
                .mapToInt(piece -> piece.span.end())
                .max()
                .orElse(NOWHERE);
    }

    /** The span between the texts of the messages before a message and those after it. */
    Span between(int message, int length) {
        int start =
                Math.max(0, IntStream.range(0, message).map(this::last).max().orElse(0));
        int end = IntStream.range(message + 1, byMessage.size())
                .map(this::first)
                .filter(at -> at != NOWHERE)
                .min()
                .orElse(length);
        return new Span(start, Math.max(start, end));
    }

    /** End of another message's text before this position; the beginning if there is none. */
    int endBefore(int message, int at) {
        return pieces.stream()
                .filter(piece -> piece.message != message && piece.span.end() <= at)
                .mapToInt(piece -> piece.span.end())
                .max()
                .orElse(0);
    }

    /** Start of another message's text after this position, or {@link #NOWHERE}. */
    int startBehind(int message, int at) {
        return behind(message, at).map(piece -> piece.span.start()).orElse(NOWHERE);
    }

    private Optional<Piece> behind(int message, int at) {
        return pieces.stream()
                .filter(piece -> piece.message != message && piece.span.start() >= at)
                .findFirst();
    }
}
