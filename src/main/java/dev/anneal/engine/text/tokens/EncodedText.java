package dev.anneal.engine.text.tokens;

import java.util.Arrays;

/** Token ids with the half-open range of UTF-16 units that each of them covers in the text. */
public final class EncodedText {

    private final int[] ids;
    private final int[] starts;
    private final int[] ends;

    EncodedText(int[] ids, int[] starts, int[] ends) {
        this.ids = ids;
        this.starts = starts;
        this.ends = ends;
    }

    /** All ids. */
    public int[] ids() {
        return ids;
    }

    /** The first ids. */
    public int[] ids(int length) {
        return Arrays.copyOf(ids, length);
    }

    /** Number of tokens. */
    public int length() {
        return ids.length;
    }

    /** Id of the token at an index. */
    public int id(int token) {
        return ids[token];
    }

    /** Index of the first unit that a token covers. */
    public int start(int token) {
        return starts[token];
    }

    /** Index behind the last unit that a token covers. */
    public int end(int token) {
        return ends[token];
    }
}
