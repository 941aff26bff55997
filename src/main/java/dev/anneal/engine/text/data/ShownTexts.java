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
 * Where the texts of each message stand in a rendering of the conversation. They are found in a second rendering in which cursors stand around them, and which is
 * otherwise the same. A template that looks into texts may be led astray by cursors; then the messages are looked for in parts.
 */
final class ShownTexts {

    /** Place of a message that shows nothing. */
    static final int NOWHERE = -1;

    /**
     * A text of a message, or what the template shows of it: without its beginning or its end, the place of the other alone.
     *
     * @param begins whether its beginning is shown
     * @param ends whether its end is shown
     */
    record Piece(int message, Span span, Cursors.Kind kind, boolean begins, boolean ends) {

        boolean isWhole() {
            return begins && ends;
        }

        /** Whether its text stands before a part of the rendering: one that is shown from its beginning goes on behind its place. */
        boolean isBefore(Span part) {
            return ends ? span.end() <= part.start() : span.end() < part.start();
        }

        /** Whether its text stands behind a part of the rendering: one that is shown to its end stands before its place. */
        boolean isBehind(Span part) {
            return begins ? span.start() >= part.end() : span.start() > part.end();
        }

        /** What certainly belongs to the message: of a text that is shown in part, the unit beside its place. */
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

    /** Whether {@link #pieces} holds whatever the rendering shows of a message. */
    boolean isLocated(int message) {
        return located.get(message);
    }

    /** Whether that is so of a message, and of those that may stand between it and the next text of another. */
    boolean isLocatedUpToNext(int message, int at) {
        int to = behind(message, at).map(Piece::message).orElse(byMessage.size());
        int behind = to > message ? to : byMessage.size();
        int from = to > message ? message : 0;
        return located.nextClearBit(from) >= behind;
    }

    /** The messages behind the last before this one that show a text, up to the first behind it that does, that one included and this one not. */
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

    /** Whether nothing is missing of the texts that a message shows. */
    boolean isWhole(int message) {
        return byMessage.get(message).stream().allMatch(Piece::isWhole);
    }

    /** Whether the content of a message is shown from its beginning. */
    boolean showsContent(int message) {
        return byMessage.get(message).stream().anyMatch(piece -> piece.begins && piece.kind == Cursors.Kind.CONTENT);
    }

    /** Where the first text of a message begins, or {@link #NOWHERE}. */
    int first(int message) {
        return firstPiece(message).map(piece -> piece.span.start()).orElse(NOWHERE);
    }

    private Optional<Piece> firstPiece(int message) {
        return byMessage.get(message).stream().findFirst();
    }

    /** Whether the first text of a message is shown from its beginning, and is what the assistant says or thinks. */
    boolean beginsWithWords(int message) {
        return firstPiece(message)
                .filter(piece -> piece.begins && piece.kind != Cursors.Kind.CALL)
                .isPresent();
    }

    /** Whether the first that is shown of a message is the end of a text. */
    boolean showsEndFirst(int message) {
        return firstPiece(message).filter(piece -> !piece.begins).isPresent();
    }

    /** Where the last text of a message ends, or {@link #NOWHERE}. */
    int last(int message) {
        return byMessage.get(message).stream()
                .mapToInt(piece -> piece.span.end())
                .max()
                .orElse(NOWHERE);
    }

    /** What stands between the texts of the messages before one and those of the messages behind it. */
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

    /** Where the text of another message ends that stands before this place; the beginning if there is none. */
    int endBefore(int message, int at) {
        return pieces.stream()
                .filter(piece -> piece.message != message && piece.span.end() <= at)
                .mapToInt(piece -> piece.span.end())
                .max()
                .orElse(0);
    }

    /** Where the text of another message begins that stands behind this place, or {@link #NOWHERE}. */
    int startBehind(int message, int at) {
        return behind(message, at).map(piece -> piece.span.start()).orElse(NOWHERE);
    }

    private Optional<Piece> behind(int message, int at) {
        return pieces.stream()
                .filter(piece -> piece.message != message && piece.span.start() >= at)
                .findFirst();
    }
}
