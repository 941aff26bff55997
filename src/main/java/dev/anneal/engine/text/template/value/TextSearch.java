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
        boolean isShort = wanted.length() <= 1 || (long) text.length() * wanted.length() <= NAIVE_IS_FINE;
        int found = isShort ? text.indexOf(wanted, from) : search(text, wanted, from);
        budget.scan((found < 0 ? text.length() : found) - from + (long) wanted.length());
        return found;
    }

    /** Knuth, Morris and Pratt: at each unit, the longest beginning of the wanted text that ends there. */
    private static int search(String text, String wanted, int from) {
        String both = wanted + text.substring(from);
        int[] border = new int[both.length()];
        for (int i = 1; i < both.length(); i++) {
            int matched = border[i - 1];
            while (matched > 0 && (matched == wanted.length() || both.charAt(i) != both.charAt(matched))) {
                matched = border[matched - 1];
            }
            border[i] = both.charAt(i) == both.charAt(matched) ? matched + 1 : 0;
            if (border[i] == wanted.length() && i >= 2 * wanted.length() - 1) {
                return from + i + 1 - 2 * wanted.length();
            }
        }
        return -1;
    }
}
