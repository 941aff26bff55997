package dev.anneal.engine.text.tokens;

/** Tokens of a text that a user wrote: special tokens in it are text. */
public final class UserText {

    private static final char MARK = '\uFDEF';

    private UserText() {}

    public static int[] encode(ModelTokenizer tokenizer, String text) {
        return tokenizer
                .encodeMarked(tokenizer.controlTokens().broken(text, MARK), MARK)
                .ids();
    }
}
