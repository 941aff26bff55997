package dev.anneal.engine.text.tokens;

import java.security.SecureRandom;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Renames special tokens to names that no text can contain, so that the tokenizer matches only those written by
 * templates. Other text may then contain {@code <|im_end|>}, which stays text, in one call and with the tokenizer
 * library's offsets and white space.
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

    /** A text with every special token replaced by its secret name, without marks. */
    Sealed seal(String text, int mark) {
        StringBuilder sealed = new StringBuilder(text.length() + 64);
        IntStream.Builder sources = IntStream.builder();
        int i = 0;
        while (i < text.length()) {
            AddedToken token = tokens.at(text, i, mark);
            String name = token == null ? null : names.get(token.text());
            if (token != null && name != null) {
                sealed.append(name);
                for (int j = 0; j < name.length(); j++) {
                    sources.add(i);
                }
                i += token.text().length();
                continue;
            }
            // Other added tokens are copied as a whole, so that no special token is matched within them.
            int end = token == null ? i + 1 : i + token.text().length();
            while (i < end) {
                int c = text.codePointAt(i);
                if (c != mark) {
                    sealed.appendCodePoint(c);
                    sources.add(i);
                }
                i += Character.charCount(c);
            }
        }
        return new Sealed(sealed.toString(), sources.add(text.length()).build().toArray());
    }

    /** Restores the texts of the special tokens. */
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

    /**
     * A text for the tokenizer.
     *
     * @param sources UTF-16 index in the original of each code point of the text, and of its end
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record Sealed(String text, int[] sources) {}
}
