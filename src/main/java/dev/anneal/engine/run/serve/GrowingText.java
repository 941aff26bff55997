package dev.anneal.engine.run.serve;

import dev.anneal.engine.text.tokens.ModelTokenizer;
import java.util.Arrays;

/**
 * The text of an answer while its tokens come. A token may be part of a character, and what it reads like may depend on the one before, so tokens are
 * read together with those that were told last. All parts together are what {@link ModelTokenizer#decode} makes of all tokens.
 */
final class GrowingText {

    /** What the tokenizer writes for bytes that are no character, or not one yet. */
    private static final char REPLACEMENT = '\uFFFD';

    private final ModelTokenizer tokenizer;

    /** Those that were told last, then those that were not told yet. */
    private int[] tokens = new int[0];

    private int told;

    GrowingText(ModelTokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /** What a further token adds: nothing as long as a character is not whole. */
    String add(int token) {
        tokens = Arrays.copyOf(tokens, tokens.length + 1);
        tokens[tokens.length - 1] = token;
        return news(false);
    }

    /** What is left when no token comes any more. */
    String rest() {
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
