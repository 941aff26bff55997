package dev.anneal.engine.rows;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Guesses which known name is meant by a misspelt one. */
final class Spelling {

    private static final int LONGEST = 64;

    private Spelling() {}

    /** The known name that differs least; empty if more than a third of the letters differ. */
    static Optional<String> nearest(String name, Collection<String> known) {
        if (name.length() > LONGEST) {
            return Optional.empty();
        }
        return known.stream()
                .filter(each -> each.length() <= LONGEST && edits(name, each) <= most(name, each))
                .min(Comparator.comparingInt(each -> edits(name, each)));
    }

    private static int most(String one, String other) {
        return Math.max(one.length(), other.length()) / 3;
    }

    /** Letters to insert, delete, replace, or exchange with their neighbour, whatever their case. */
    private static int edits(String from, String to) {
        String one = from.toLowerCase(Locale.ROOT);
        String other = to.toLowerCase(Locale.ROOT);
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
