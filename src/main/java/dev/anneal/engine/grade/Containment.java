package dev.anneal.engine.grade;

/**
 * Whether a text contains another, in time proportional to both (Knuth, Morris and Pratt 1977). {@link String#contains}
 * takes the product of their lengths for texts such as many a's and fewer a's with a b at the end.
 */
final class Containment {

    private Containment() {}

    static boolean contains(String text, String wanted) {
        if (wanted.length() > text.length()) {
            return false;
        }
        int[] borders = borders(wanted);
        int matched = 0;
        for (int i = 0; i < text.length() && matched < wanted.length(); i++) {
            matched = extended(wanted, borders, matched, text.charAt(i));
        }
        return matched == wanted.length();
    }

    /** For each prefix of {@code wanted}, the length of the longest shorter prefix that it ends with. */
    private static int[] borders(String wanted) {
        int[] borders = new int[wanted.length() + 1];
        for (int length = 1; length < wanted.length(); length++) {
            borders[length + 1] = extended(wanted, borders, borders[length], wanted.charAt(length));
        }
        return borders;
    }

    /**
     * Length of the longest prefix of {@code wanted} that ends with {@code next}, after one of {@code matched}
     * characters.
     */
    private static int extended(String wanted, int[] borders, int matched, char next) {
        int length = matched;
        while (length > 0 && wanted.charAt(length) != next) {
            length = borders[length];
        }
        return wanted.charAt(length) == next ? length + 1 : 0;
    }
}
