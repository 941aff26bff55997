package dev.anneal.engine.text.data;

import java.util.Arrays;

/**
 * A row as token ids with labels. The arrays must not be changed.
 *
 * <p>Labels follow transformers: {@code labels[i]} is {@code ids[i]} if token i is trained and {@link #NOT_TRAINED}
 * otherwise; the loss shifts them, so the logits at i are compared with {@code labels[i + 1]}. Token 0 is never
 * trained.
 *
 * @param line line of the file, from 1
 * @param ids token ids from the start of the conversation
 * @param labels one for each id
 * @param isTruncated whether the row was cut at its end
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
public record EncodedRow(long line, int[] ids, int[] labels, boolean isTruncated) {
    /** Label of a token that is only context. */
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

    /** Number of first tokens from which none that is trained is predicted: those before the last one of the prompt. */
    public int contextTokens() {
        int prompt = 0;
        while (prompt < labels.length && labels[prompt] == NOT_TRAINED) {
            prompt++;
        }
        return Math.max(prompt - 1, 0);
    }

    /** Ids before the last trained tokens: the prompt of the row's last answer. All ids if none is trained. */
    public int[] lastPrompt() {
        int end = labels.length;
        while (end > 0 && labels[end - 1] == NOT_TRAINED) {
            end--;
        }
        int begin = end;
        while (begin > 0 && labels[begin - 1] != NOT_TRAINED) {
            begin--;
        }
        return Arrays.copyOf(ids, end == 0 ? ids.length : begin);
    }

    /**
     * The row with another last answer.
     *
     * @param answer tokens after {@link #lastPrompt}, all of which are trained
     */
    public EncodedRow withLastAnswer(int[] answer, boolean isCut) {
        int[] prompt = lastPrompt();
        int[] newIds = Arrays.copyOf(prompt, prompt.length + answer.length);
        System.arraycopy(answer, 0, newIds, prompt.length, answer.length);
        int[] newLabels = newIds.clone();
        Arrays.fill(newLabels, 0, prompt.length, NOT_TRAINED);
        return new EncodedRow(line, newIds, newLabels, isCut);
    }

    /** Number of labels other than {@link #NOT_TRAINED}: the row's share of the denominator of the loss. */
    public int trainedTokens() {
        int trained = 0;
        for (int label : labels) {
            trained += label == NOT_TRAINED ? 0 : 1;
        }
        return trained;
    }
}
