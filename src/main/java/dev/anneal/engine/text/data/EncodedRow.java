package dev.anneal.engine.text.data;

/**
 * A row as token ids with its labels. The arrays are the row's own: read them, do not change them.
 *
 * <p>Labels follow transformers: {@code labels[i]} is {@code ids[i]} where token i is trained and {@link #NOT_TRAINED} elsewhere; the loss shifts them, so that
 * the logits at i are held against {@code labels[i + 1]}. Nothing comes before token 0, so it is never trained.
 */
public final class EncodedRow {

    /** Label of a token that is context only. */
    public static final int NOT_TRAINED = -100;

    private final long line;
    private final int[] ids;
    private final int[] labels;
    private final boolean truncated;
    private final int trainedTokens;

    public EncodedRow(long line, int[] ids, int[] labels, boolean truncated) {
        if (ids.length != labels.length) {
            throw new IllegalArgumentException("%d ids but %d labels".formatted(ids.length, labels.length));
        }
        this.line = line;
        this.ids = ids;
        this.labels = labels;
        this.truncated = truncated;
        this.trainedTokens = countTrained(labels);
    }

    private static int countTrained(int[] labels) {
        if (labels.length > 0 && labels[0] != NOT_TRAINED) {
            throw new IllegalArgumentException("token 0 is trained, but no position predicts it");
        }
        int trained = 0;
        for (int label : labels) {
            trained += label == NOT_TRAINED ? 0 : 1;
        }
        return trained;
    }

    /** Line of the file, counted from 1, that the row comes from. */
    public long line() {
        return line;
    }

    /** Token ids from the start of the conversation. */
    public int[] ids() {
        return ids;
    }

    /** One label for each id. */
    public int[] labels() {
        return labels;
    }

    /** Tokens of the row. */
    public int length() {
        return ids.length;
    }

    /** How many labels are not {@link #NOT_TRAINED}: the row's share of the denominator of the loss. */
    public int trainedTokens() {
        return trainedTokens;
    }

    /** Whether the row was longer than allowed and lost its end. */
    public boolean isTruncated() {
        return truncated;
    }
}
