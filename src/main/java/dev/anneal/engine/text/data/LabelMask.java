package dev.anneal.engine.text.data;

import dev.anneal.engine.text.tokens.EncodedText;
import java.util.Arrays;
import java.util.List;

/** Says of each token whether it is trained. */
final class LabelMask {

    private LabelMask() {}

    /**
     * Labels of the first tokens: the id where a token shares a character with a span or stands between two that do, {@link EncodedRow#NOT_TRAINED} elsewhere and for
     * token 0.
     *
     * @param spans ascending and disjoint
     */
    static int[] of(EncodedText text, List<TextSpan> spans, int length) {
        int[] labels = new int[length];
        Arrays.fill(labels, EncodedRow.NOT_TRAINED);
        int token = 0;
        for (TextSpan span : spans) {
            while (token < text.length() && text.end(token) <= span.start()) {
                token++;
            }
            while (token < text.length() && text.start(token) < span.end()) {
                if (token > 0 && token < length) {
                    labels[token] = text.id(token);
                }
                token++;
            }
        }
        return labels;
    }
}
