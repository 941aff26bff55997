package dev.anneal.engine.text.template.value;

/** Finds a text in another one in linear time. {@link String#indexOf} takes the product of both lengths on texts made for it. */
public final class TextSearch {

    private static final long NAIVE_IS_FINE = 1 << 18;

    private TextSearch() {}

    /** First position at or after {@code from}, in UTF-16 units, or -1. */
    public static int indexOf(String text, String wanted, int from, Budget budget) {
        int found = isNaiveFine(text, wanted) ? text.indexOf(wanted, from) : search(text, wanted, from);
        budget.scan((found < 0 ? text.length() : found) - from + (long) wanted.length());
        return found;
    }

    /** Last position of an occurrence that ends at or before {@code end}, or -1. */
    public static int lastIndexOf(String text, String wanted, int end, Budget budget) {
        if (isNaiveFine(text, wanted)) {
            int found = text.lastIndexOf(wanted, end - wanted.length());
            budget.scan(end - Math.max(found, 0));
            return found;
        }
        int found = indexOf(reverse(text.substring(0, end), budget), reverse(wanted, budget), 0, budget);
        return found < 0 ? -1 : end - wanted.length() - found;
    }

    /** How often the text holds it without overlaps. */
    public static int count(String text, String wanted, Budget budget) {
        int count = 0;
        for (int at = indexOf(text, wanted, 0, budget);
                at >= 0;
                at = indexOf(text, wanted, at + wanted.length(), budget)) {
            count++;
        }
        return count;
    }

    private static boolean isNaiveFine(String text, String wanted) {
        return wanted.length() <= 1 || Math.multiplyFull(text.length(), wanted.length()) <= NAIVE_IS_FINE;
    }

    private static String reverse(String text, Budget budget) {
        char[] units = new char[budget.text(text.length())];
        for (int i = 0; i < units.length; i++) {
            units[i] = text.charAt(units.length - 1 - i);
        }
        return new String(units);
    }

    /** Knuth, Morris and Pratt. */
    private static int search(String text, String wanted, int from) {
        int[] border = borders(wanted);
        int matched = 0;
        for (int i = from; i < text.length(); i++) {
            while (matched > 0 && text.charAt(i) != wanted.charAt(matched)) {
                matched = border[matched - 1];
            }
            if (text.charAt(i) == wanted.charAt(matched) && ++matched == wanted.length()) {
                return i - matched + 1;
            }
        }
        return -1;
    }

    private static int[] borders(String wanted) {
        int[] border = new int[wanted.length()];
        for (int i = 1, matched = 0; i < border.length; i++) {
            while (matched > 0 && wanted.charAt(i) != wanted.charAt(matched)) {
                matched = border[matched - 1];
            }
            if (wanted.charAt(i) == wanted.charAt(matched)) {
                matched++;
            }
            border[i] = matched;
        }
        return border;
    }
}
