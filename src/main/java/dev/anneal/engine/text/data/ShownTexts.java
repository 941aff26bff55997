package dev.anneal.engine.text.data;

import dev.anneal.engine.text.template.Rendering;
import dev.anneal.engine.text.template.TemplateException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Where the texts of each message stand in a rendering of the conversation. They are seen in a second rendering in which cursors stand around them, and which is
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
    record Piece(int message, TextSpan span, Cursors.Kind kind, boolean begins, boolean ends) {

        boolean isWhole() {
            return begins && ends;
        }

        /** Whether its text stands before a part of the rendering: one that is shown from its beginning goes on behind its place. */
        boolean isBefore(TextSpan part) {
            return ends ? span.end() <= part.start() : span.end() < part.start();
        }

        /** Whether its text stands behind a part of the rendering: one that is shown to its end stands before its place. */
        boolean isBehind(TextSpan part) {
            return begins ? span.start() >= part.end() : span.start() > part.end();
        }

        /** What surely is of the message: of a text that is shown in part, the unit beside its place. */
        TextSpan sure() {
            return new TextSpan(begins ? span.start() : span.start() - 1, ends ? span.end() : span.end() + 1);
        }
    }

    private final List<Piece> pieces = new ArrayList<>();
    private final BitSet located = new BitSet();
    private final BitSet partial = new BitSet();
    private final BitSet content = new BitSet();
    private final Map<Integer, Piece> firstPieces = new HashMap<>();
    private final List<Piece> ends = new ArrayList<>();
    private final int[] first;
    private final int[] last;

    private ShownTexts(int messages) {
        first = new int[messages];
        last = new int[messages];
        Arrays.fill(first, NOWHERE);
        Arrays.fill(last, NOWHERE);
    }

    /** @param shown the rendering of all messages */
    static ShownTexts of(Conversation conversation, boolean addGenerationPrompt, String shown) {
        int messages = conversation.size();
        ShownTexts texts = new ShownTexts(messages);
        texts.located.or(Halving.passing(
                messages,
                part -> texts.locate(
                        conversation, addGenerationPrompt, shown, i -> part.start() <= i && i < part.end())));
        texts.pieces.sort(Comparator.comparingInt(piece -> piece.span.start()));
        texts.pieces.forEach(texts::note);
        texts.ends.sort(Comparator.comparingInt(piece -> piece.span.end()));
        return texts;
    }

    private void note(Piece piece) {
        int message = piece.message;
        first[message] = first[message] == NOWHERE ? piece.span.start() : Math.min(first[message], piece.span.start());
        last[message] = Math.max(last[message], piece.span.end());
        if (!piece.isWhole()) {
            partial.set(message);
        }
        if (piece.begins && piece.kind == Cursors.Kind.CONTENT) {
            content.set(message);
        }
        firstPieces.putIfAbsent(message, piece);
        ends.add(piece);
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
            pieces.add(new Piece(cursor.message(), new TextSpan(at, cursor.at()), cursor.kind(), start != null, true));
        }
        open.values().forEach(unended -> pieces.add(beginning(unended)));
        return pieces;
    }

    private static Piece beginning(Cursors.Cursor start) {
        return new Piece(start.message(), new TextSpan(start.at(), start.at()), start.kind(), true, false);
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
        int next = indexBehind(message, at);
        int to = next == pieces.size() ? first.length : pieces.get(next).message;
        int behind = to > message ? to : first.length;
        int from = to > message ? message : 0;
        return located.nextClearBit(from) >= behind;
    }

    /** The messages behind the last before this one that show a text, up to the first behind it that does, that one included and this one not. */
    IntStream neighbours(int message) {
        int from = message;
        while (from > 0 && first[from - 1] == NOWHERE) {
            from--;
        }
        int to = message + 1;
        while (to < first.length && first[to] == NOWHERE) {
            to++;
        }
        return IntStream.rangeClosed(from, Math.min(to, first.length - 1)).filter(i -> i != message);
    }

    /** Whether nothing is missing of the texts that a message shows. */
    boolean isWhole(int message) {
        return !partial.get(message);
    }

    /** Whether the content of a message is shown from its beginning. */
    boolean showsContent(int message) {
        return content.get(message);
    }

    /** Where the first text of a message begins, or {@link #NOWHERE}. */
    int first(int message) {
        return first[message];
    }

    /** Whether the first text of a message is shown from its beginning, and is what the assistant says or thinks. */
    boolean beginsWithWords(int message) {
        @Nullable Piece piece = firstPieces.get(message);
        return piece != null && piece.begins && piece.kind != Cursors.Kind.CALL;
    }

    /** Whether the first that is shown of a message is the end of a text. */
    boolean showsEndFirst(int message) {
        @Nullable Piece piece = firstPieces.get(message);
        return piece != null && !piece.begins;
    }

    /** Where the last text of a message ends, or {@link #NOWHERE}. */
    int last(int message) {
        return last[message];
    }

    /** What stands between the texts of the messages before one and those of the messages behind it. */
    TextSpan between(int message, int length) {
        int start = Math.max(0, Arrays.stream(last, 0, message).max().orElse(0));
        int end = Arrays.stream(first, message + 1, first.length)
                .filter(at -> at != NOWHERE)
                .min()
                .orElse(length);
        return new TextSpan(start, Math.max(start, end));
    }

    /** Where the text of another message ends that stands before this place; the beginning if there is none. */
    int endBefore(int message, int at) {
        int index = firstFrom(ends, piece -> piece.span.end() > at) - 1;
        while (index >= 0 && ends.get(index).message == message) {
            index--;
        }
        return index < 0 ? 0 : ends.get(index).span.end();
    }

    /** Where the text of another message begins that stands behind this place, or {@link #NOWHERE}. */
    int startBehind(int message, int at) {
        int index = indexBehind(message, at);
        return index == pieces.size() ? NOWHERE : pieces.get(index).span.start();
    }

    private int indexBehind(int message, int at) {
        int index = firstFrom(pieces, piece -> piece.span.start() >= at);
        while (index < pieces.size() && pieces.get(index).message == message) {
            index++;
        }
        return index;
    }

    /** Index of the first piece from which on a condition holds. */
    private static int firstFrom(List<Piece> pieces, Predicate<Piece> condition) {
        int low = 0;
        int high = pieces.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (condition.test(pieces.get(middle))) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }
}
