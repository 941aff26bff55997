package dev.anneal.engine.data;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds added tokens in text as the tokenizers library does: the leftmost, and of those the longest. */
final class ControlTokens {

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

    /** The token that begins at this place of the text, or null. */
    @Nullable
    AddedToken at(String text, int index) {
        List<AddedToken> candidates = byFirst.get(text.charAt(index));
        if (candidates == null) {
            return null;
        }
        for (AddedToken token : candidates) {
            if (text.startsWith(token.text(), index)) {
                return token;
            }
        }
        return null;
    }

    /** Breaks every special token that a user's text spells by the mark, so that it is found no more; {@link Sealer} takes the marks out again. */
    String broken(String text, char mark) {
        StringBuilder broken = new StringBuilder(text.length() + 8);
        int i = 0;
        while (i < text.length()) {
            AddedToken token = at(text, i);
            int c = text.codePointAt(i);
            broken.appendCodePoint(c);
            if (token != null && token.isSpecial()) {
                broken.append(mark);
            }
            i += Character.charCount(c);
        }
        return broken.toString();
    }
}
