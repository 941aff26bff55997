package dev.anneal.engine.run.serve;

import dev.anneal.engine.text.tokens.ModelTokenizer;
import java.util.Arrays;

/**
 * Decodes the tokens of an answer as they arrive. A token may be part of a character, and its text may depend on the
 * token before it, so tokens are decoded together with those emitted last. All parts together equal
 * {@link ModelTokenizer#decode} of all tokens.
 */
final class GrowingText {

    /** The tokenizer's text for invalid or incomplete bytes of a character. */
    private static final char REPLACEMENT = '\uFFFD';

    private final ModelTokenizer tokenizer;

    /** The tokens emitted last, followed by those not emitted yet. */
    private int[] tokens = new int[0];

    private int told;

    GrowingText(ModelTokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /** Text that a further token adds; empty while a character is incomplete. */
    String add(int token) {
        tokens = Arrays.copyOf(tokens, tokens.length + 1);
        tokens[tokens.length - 1] = token;
        return news(false);
    }

    /** The remaining text after the last token. */
    String remaining() {
        return news(true);
    }

    private String news(boolean isLast) {
        String before = tokenizer.decode(Arrays.copyOf(tokens, told), true);
        String after = tokenizer.decode(tokens, true);
        boolean adds = after.length() > before.length();
        if (!adds || (!isLast && after.charAt(after.length() - 1) == REPLACEMENT)) {
            return "";
        }
        tokens = Arrays.copyOfRange(tokens, told, tokens.length);
        told = tokens.length;
        return after.substring(before.length());
    }
}
