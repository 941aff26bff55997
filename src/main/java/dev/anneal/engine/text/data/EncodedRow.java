package dev.anneal.engine.text.data;

/**
 * A row as token ids with its labels. The arrays are the row's own: read them, do not change them.
 *
 * <p>Labels follow transformers: {@code labels[i]} is {@code ids[i]} where token i is trained and {@link #NOT_TRAINED} elsewhere; the loss shifts them, so that
 * the logits at i are held against {@code labels[i + 1]}. Nothing comes before token 0, so it is never trained.
 *
 * @param line line of the file, counted from 1, that the row comes from
 * @param ids token ids from the start of the conversation
 * @param labels one for each id
 * @param isTruncated whether the row was longer than allowed and lost its end
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
public record EncodedRow(long line, int[] ids, int[] labels, boolean isTruncated) {
    /** Label of a token that is context only. */
    public static final int NOT_TRAINED = -100;

    public EncodedRow {
        if (ids.length != labels.length) {
            throw new IllegalArgumentException("%d ids but %d labels".formatted(ids.length, labels.length));
        }
        if (labels.length > 0 && labels[0] != NOT_TRAINED) {
            throw new IllegalArgumentException("token 0 is trained, but no position predicts it");
        }
    }

    /** Tokens of the row. */
    public int length() {
        return ids.length;
    }

    /** How many labels are not {@link #NOT_TRAINED}: the row's share of the denominator of the loss. */
    public int trainedTokens() {
        int trained = 0;
        for (int label : labels) {
            trained += label == NOT_TRAINED ? 0 : 1;
        }
        return trained;
    }
}
