package dev.anneal.engine.text.tokens;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * Gives special tokens names that no text can hold, so that the tokenizer finds those tokens alone which we put there. Ordinary text may then spell
 * {@code <|im_end|>} as it likes: it stays text, in one call, with offsets and white space as the tokenizer library has them.
 *
 * <p>The names hold 128 random bits of this process; ids do not depend on them.
 */
final class Sealer {

    private final ControlTokens tokens;
    private final Map<String, String> names = new HashMap<>();
    private final String prefix;

    Sealer(List<AddedToken> addedTokens) {
        tokens = new ControlTokens(addedTokens);
        byte[] secret = new byte[16];
        new SecureRandom().nextBytes(secret);
        prefix = "control" + HexFormat.of().formatHex(secret);
        for (AddedToken token : addedTokens) {
            if (token.isSpecial()) {
                names.put(token.text(), "%s%06d".formatted(prefix, names.size()));
            }
        }
    }

    /** Secret names by the texts of the special tokens. */
    Map<String, String> names() {
        return names;
    }

    ControlTokens tokens() {
        return tokens;
    }

    /** A text in which every special token is called by its secret name, marks left out. */
    Sealed seal(String text, int mark) {
        StringBuilder sealed = new StringBuilder(text.length() + 64);
        Offsets offsets = new Offsets(text.length() + 64);
        int i = 0;
        while (i < text.length()) {
            AddedToken token = tokens.at(text, i, mark);
            String name = token == null ? null : names.get(token.text());
            if (token != null && name != null) {
                sealed.append(name);
                offsets.add(i, name.length());
                i += token.text().length();
                continue;
            }
            // Another added token is copied as a whole, so that no special token is found within it.
            int end = token == null ? i + 1 : i + token.text().length();
            while (i < end) {
                int c = text.codePointAt(i);
                if (c != mark) {
                    sealed.appendCodePoint(c);
                    offsets.add(i, 1);
                }
                i += Character.charCount(c);
            }
        }
        offsets.add(text.length(), 1);
        return new Sealed(sealed.toString(), offsets.values);
    }

    /** Puts the usual texts of the special tokens back. */
    String unseal(String text) {
        if (!text.contains(prefix)) {
            return text;
        }
        String unsealed = text;
        for (Map.Entry<String, String> name : names.entrySet()) {
            unsealed = unsealed.replace(name.getValue(), name.getKey());
        }
        return unsealed;
    }

    /** A text for the tokenizer, and where each of its code points comes from. */
    static final class Sealed {

        private final String text;
        private final int[] sources;

        private Sealed(String text, int[] sources) {
            this.text = text;
            this.sources = sources;
        }

        String text() {
            return text;
        }

        /** UTF-16 index in the original of a code point of the text, or of its end. */
        int source(int codePoint) {
            return sources[codePoint];
        }
    }

    /** A growing list of indices. */
    private static final class Offsets {

        private int[] values;
        private int size;

        private Offsets(int capacity) {
            values = new int[capacity];
        }

        private void add(int value, int times) {
            if (size + times > values.length) {
                values = Arrays.copyOf(values, Math.max(size + times, 2 * values.length));
            }
            Arrays.fill(values, size, size + times, value);
            size += times;
        }
    }
}
