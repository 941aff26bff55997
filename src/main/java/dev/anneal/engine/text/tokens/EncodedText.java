package dev.anneal.engine.text.tokens;

import java.util.Arrays;

/**
 * Token ids with the half-open ranges of UTF-16 units that they cover in the text. The arrays must not be changed.
 *
 * @param starts index of the first unit that a token covers
 * @param ends index after the last unit that a token covers
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
public record EncodedText(int[] ids, int[] starts, int[] ends) {

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

    /** Index after the last unit that a token covers. */
    public int end(int token) {
        return ends[token];
    }
}
