package dev.anneal.engine.text.tokens;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds added tokens in text like the tokenizers library: leftmost, then longest. */
public final class ControlTokens {

    /** For texts that are not broken. */
    static final int NO_MARK = -1;

    private final Map<Character, List<AddedToken>> byFirst = new HashMap<>();

    ControlTokens(List<AddedToken> tokens) {
        for (AddedToken token : tokens) {
            if (!token.text().isEmpty() && (token.isSpecial() || !token.isNormalized())) {
                byFirst.computeIfAbsent(token.text().charAt(0), first -> new ArrayList<>())
                        .add(token);
            }
        }
        Comparator<AddedToken> longestFirst =
                Comparator.comparingInt(token -> -token.text().length());
        byFirst.values().forEach(list -> list.sort(longestFirst));
    }

    /**
     * The token that begins at this index of the text, or null.
     *
     * @param mark the mark of {@link #broken}, or {@link #NO_MARK}
     */
    @Nullable
    public AddedToken at(String text, int index, int mark) {
        for (AddedToken token : beginningWith(text.charAt(index))) {
            if (text.startsWith(token.text(), index) && !isMarked(text, index, token, mark)) {
                return token;
            }
        }
        return null;
    }

    private List<AddedToken> beginningWith(char first) {
        return byFirst.getOrDefault(first, List.of());
    }

    /** A token of one character cannot be broken inside, so the mark follows it. */
    private static boolean isMarked(String text, int index, AddedToken token, int mark) {
        int end = index + token.text().length();
        return end == text.offsetByCodePoints(index, 1) && end < text.length() && text.charAt(end) == mark;
    }

    /**
     * Breaks every special token in a user's text with the mark, so that it is not matched; {@link Sealer} removes the
     * marks.
     */
    public String broken(String text, char mark) {
        StringBuilder broken = new StringBuilder(text.length() + 8);
        int i = 0;
        while (i < text.length()) {
            int c = text.codePointAt(i);
            broken.appendCodePoint(c);
            if (isSpecialAt(text, i)) {
                broken.append(mark);
            }
            i += Character.charCount(c);
        }
        return broken.toString();
    }

    private boolean isSpecialAt(String text, int index) {
        for (AddedToken token : beginningWith(text.charAt(index))) {
            if (token.isSpecial() && text.startsWith(token.text(), index)) {
                return true;
            }
        }
        return false;
    }
}
