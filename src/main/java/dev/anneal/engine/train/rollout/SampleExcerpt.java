package dev.anneal.engine.train.rollout;

/** At most 4,000 characters of a text, because a line of a file may have a million. Does not split surrogate pairs. */
public final class SampleExcerpt {

    private static final int LONGEST = 4000;

    private SampleExcerpt() {}

    /** The beginning, for answers. */
    public static String begin(String text) {
        int end = Math.min(LONGEST, text.length());
        return text.substring(0, end < text.length() && Character.isLowSurrogate(text.charAt(end)) ? end - 1 : end);
    }

    /** The end, for prompts. */
    public static String end(String text) {
        int begin = Math.max(0, text.length() - LONGEST);
        return text.substring(begin > 0 && Character.isLowSurrogate(text.charAt(begin)) ? begin + 1 : begin);
    }
}
