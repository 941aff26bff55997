package dev.anneal.engine.train.rollout;

/** What is shown of a text: 4,000 characters, for a line of a file may have a million of them. No character is cut in two. */
public final class Excerpt {

    private static final int LONGEST = 4000;

    private Excerpt() {}

    /** The beginning, which tells the most of an answer. */
    public static String begin(String text) {
        int end = Math.min(LONGEST, text.length());
        return text.substring(0, end < text.length() && Character.isLowSurrogate(text.charAt(end)) ? end - 1 : end);
    }

    /** The end, which tells the most of a prompt. */
    public static String end(String text) {
        int begin = Math.max(0, text.length() - LONGEST);
        return text.substring(begin > 0 && Character.isLowSurrogate(text.charAt(begin)) ? begin + 1 : begin);
    }
}
