package dev.anneal.engine.text.spelling;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Finds the known name most similar to a misspelt one: the one that differs by the fewest letters, and by at most about
 * a third.
 */
public final class Spelling {

    /** Longer names are not compared, because the time is quadratic. */
    private static final int LONGEST = 256;

    private Spelling() {}

    /** The most similar known name; empty if none is similar. */
    public static Optional<String> nearest(String name, Collection<String> known) {
        return nearest(name, known, 1).stream().findFirst();
    }

    /** The most similar known names, most similar first. */
    public static List<String> nearest(String name, Collection<String> known, int count) {
        return known.stream()
                .map(each -> new Guess(each, edits(name, each)))
                .filter(guess -> guess.edits() <= most(name, guess.name()))
                .sorted(Comparator.comparingInt(Guess::edits))
                .limit(count)
                .map(Guess::name)
                .toList();
    }

    /**
     * A question with a leading space to append to the refusal of an unknown name; empty if no known name is similar.
     */
    public static String didYouMean(String name, Collection<String> known) {
        return nearest(name, known).map(Spelling::question).orElse("");
    }

    /** The question whether this name is meant, with a leading space. */
    public static String question(String meant) {
        return " Did you mean '%s'?".formatted(meant);
    }

    /** A candidate and the number of differing letters. */
    private record Guess(String name, int edits) {}

    private static int most(String one, String other) {
        int letters = Math.max(one.length(), other.length());
        return Math.max(Math.min(letters / 3, 2), letters / 4);
    }

    /** Number of letters to insert, delete, replace, or swap with a neighbour, ignoring case. */
    private static int edits(String from, String to) {
        String one = from.toLowerCase(Locale.ROOT);
        String other = to.toLowerCase(Locale.ROOT);
        if (one.length() > LONGEST || Math.abs(one.length() - other.length()) > most(one, other)) {
            return Integer.MAX_VALUE;
        }
        int[][] edits = new int[one.length() + 1][other.length() + 1];
        for (int i = 0; i <= one.length(); i++) {
            for (int j = 0; j <= other.length(); j++) {
                if (i == 0 || j == 0) {
                    edits[i][j] = i + j;
                    continue;
                }
                int replaced = edits[i - 1][j - 1] + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                edits[i][j] = Math.min(replaced, 1 + Math.min(edits[i - 1][j], edits[i][j - 1]));
                if (i > 1 && j > 1 && isExchanged(one, other, i, j)) {
                    edits[i][j] = Math.min(edits[i][j], edits[i - 2][j - 2] + 1);
                }
            }
        }
        return edits[one.length()][other.length()];
    }

    private static boolean isExchanged(String one, String other, int i, int j) {
        return one.charAt(i - 1) == other.charAt(j - 2) && one.charAt(i - 2) == other.charAt(j - 1);
    }
}
