package dev.anneal.engine.text.tokens;

import java.util.Arrays;

/**
 * Token ids with the half-open range of UTF-16 units that each of them covers in the text. The arrays are its own: read them, do not change them.
 *
 * @param starts index of the first unit that a token covers
 * @param ends index behind the last unit that a token covers
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

    /** Index behind the last unit that a token covers. */
    public int end(int token) {
        return ends[token];
    }
}
