package dev.anneal.engine.text.template.value;

/**
 * Finds a text in another one in linear time. {@link String#indexOf} takes the product of both lengths in the worst
 * case.
 */
public final class TextSearch {

    private static final long NAIVE_IS_FINE = 1 << 18;

    private TextSearch() {}

    /** First position at or after {@code from}, in UTF-16 units, or -1. */
    public static int indexOf(String text, String wanted, int from, Budget budget) {
        boolean isNaiveFine =
                wanted.length() <= 1 || Math.multiplyFull(text.length(), wanted.length()) <= NAIVE_IS_FINE;
        int found = isNaiveFine ? text.indexOf(wanted, from) : search(text, wanted, from);
        budget.scan((found < 0 ? text.length() : found) - from + (long) wanted.length());
        return found;
    }

    /** Knuth, Morris and Pratt. */
    private static int search(String text, String wanted, int from) {
        int[] border = borders(wanted);
        int matched = 0;
        for (int i = from; i < text.length(); i++) {
            matched = extended(border, wanted, matched, text.charAt(i));
            if (matched == wanted.length()) {
                return i - matched + 1;
            }
        }
        return -1;
    }

    /** Number of matching units after another unit, given the number before it. */
    private static int extended(int[] border, String wanted, int before, char unit) {
        int matched = before;
        while (matched > 0 && unit != wanted.charAt(matched)) {
            matched = border[matched - 1];
        }
        return unit == wanted.charAt(matched) ? matched + 1 : matched;
    }

    private static int[] borders(String wanted) {
        int[] border = new int[wanted.length()];
        for (int i = 1; i < border.length; i++) {
            border[i] = extended(border, wanted, border[i - 1], wanted.charAt(i));
        }
        return border;
    }
}
