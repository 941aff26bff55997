package dev.anneal.engine.network.drafting;

import java.util.Arrays;

/**
 * Draft tokens from the text itself: those that followed the longest earlier occurrence of its last tokens (prompt
 * lookup decoding, n-gram speculation). A predicted answer is looked up like the prompt. Not thread-safe.
 */
public final class PromptLookup {

    /** Fewest last tokens that must have occurred before. A single one says little about what follows. */
    private static final int SHORTEST_MATCH = 2;

    /** Matches are compared up to this length; of equally long ones the latest counts. */
    private static final int LONGEST_MATCH = 16;

    private int[] text;
    private int length;

    /**
     * @param prediction tokens that the answer is expected to have; may be empty
     */
    public PromptLookup(int[] prompt, int[] prediction) {
        this.text = prediction.length == 0 ? prompt : predicted(prompt, prediction);
        this.length = text.length;
    }

    /**
     * The prediction stands after a copy of the prompt's end, so that the answer's first tokens match its beginning.
     */
    private static int[] predicted(int[] prompt, int[] prediction) {
        int copied = Math.min(LONGEST_MATCH, prompt.length);
        int[] all =
                Arrays.copyOfRange(prompt, prompt.length - copied, prompt.length + prediction.length + prompt.length);
        System.arraycopy(prediction, 0, all, copied, prediction.length);
        System.arraycopy(prompt, 0, all, copied + prediction.length, prompt.length);
        return Arrays.copyOf(all, copied + prediction.length + prompt.length);
    }

    /** Adds a token of the answer. */
    public void add(int token) {
        if (length == text.length) {
            text = Arrays.copyOf(text, length + Math.max(64, length / 2));
        }
        text[length] = token;
        length++;
    }

    /** Tokens that may come next, {@code count} or none. */
    public int[] draft(int count) {
        int from = afterLongestMatch();
        if (from < 0) {
            return new int[0];
        }
        int[] draft = new int[count];
        for (int i = 0; i < count; i++) {
            // What occurred up to the end may repeat itself.
            draft[i] = from + i < length ? text[from + i] : draft[from + i - length];
        }
        return draft;
    }

    /** Index after the earlier occurrence; -1 if there is none. */
    private int afterLongestMatch() {
        int longest = SHORTEST_MATCH - 1;
        int after = -1;
        for (int end = length - 1; end > longest && longest < LONGEST_MATCH; end--) {
            // A longer match has to agree at this place too.
            if (text[end - 1 - longest] == text[length - 1 - longest]) {
                int match = match(end);
                if (match > longest) {
                    longest = match;
                    after = end;
                }
            }
        }
        return after;
    }

    /** Number of tokens before {@code end} that equal the last ones. */
    private int match(int end) {
        int match = 0;
        while (match < Math.min(end, LONGEST_MATCH) && text[end - 1 - match] == text[length - 1 - match]) {
            match++;
        }
        return match;
    }
}
