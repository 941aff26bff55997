package dev.anneal.engine.data;

import java.util.Arrays;
import java.util.List;

/** Token ids with the half-open range of UTF-16 units that each of them covers in the text. */
final class EncodedText {

    private final int[] ids;
    private final int[] starts;
    private final int[] ends;

    EncodedText(int[] ids, int[] starts, int[] ends) {
        this.ids = ids;
        this.starts = starts;
        this.ends = ends;
    }

    int[] ids() {
        return ids;
    }

    /** The first ids. */
    int[] ids(int length) {
        return Arrays.copyOf(ids, length);
    }

    /**
     * Labels of the first tokens: the id where a token shares a character with a span or stands between two that do, {@link EncodedRow#NOT_TRAINED} elsewhere and for
     * token 0.
     *
     * @param spans ascending and disjoint
     */
    int[] labels(List<TextSpan> spans, int length) {
        int[] labels = new int[length];
        Arrays.fill(labels, EncodedRow.NOT_TRAINED);
        int token = 0;
        for (TextSpan span : spans) {
            while (token < ids.length && ends[token] <= span.start()) {
                token++;
            }
            while (token < ids.length && starts[token] < span.end()) {
                if (token > 0 && token < length) {
                    labels[token] = ids[token];
                }
                token++;
            }
        }
        return labels;
    }
}
