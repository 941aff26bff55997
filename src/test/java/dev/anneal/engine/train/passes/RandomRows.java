package dev.anneal.engine.train.passes;

import dev.anneal.engine.text.data.EncodedRow;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Rows drawn at random that begin alike in groups, and groups of groups, as conversations do; a row may be the
 * beginning of another.
 */
final class RandomRows {

    private final Random random;
    private final int vocabulary;
    private final List<int[]> rows = new ArrayList<>();

    RandomRows(Random random, int vocabulary) {
        this.random = random;
        this.vocabulary = vocabulary;
    }

    /**
     * Rows in random order, of whose tokens a random share is trained, in half of the cases behind a context that is
     * not.
     */
    List<EncodedRow> draw() {
        for (int tree = random.nextInt(3); tree >= 0; tree--) {
            grow(new int[0], 0);
        }
        Collections.shuffle(rows, random);
        double share = random.nextDouble();
        int context = random.nextBoolean() ? random.nextInt(150) : 0;
        return IntStream.range(0, rows.size())
                .mapToObj(row -> encoded(row, rows.get(row), context, share))
                .toList();
    }

    private void grow(int[] beginning, int depth) {
        int[] longer = with(beginning, 1 + random.nextInt(60));
        if (depth == 3 || random.nextInt(3) == 0) {
            rows.add(longer);
            return;
        }
        if (longer.length > 1 && random.nextInt(4) == 0) {
            rows.add(longer);
        }
        for (int branch = 1 + random.nextInt(3); branch >= 0; branch--) {
            grow(longer, depth + 1);
        }
    }

    private int[] with(int[] beginning, int more) {
        return IntStream.concat(IntStream.of(beginning), random.ints(more + 1L, 0, vocabulary))
                .toArray();
    }

    private EncodedRow encoded(int row, int[] ids, int context, double share) {
        int[] labels = ids.clone();
        for (int token = 0; token < ids.length; token++) {
            if (token == 0 || token < context || random.nextDouble() > share) {
                labels[token] = EncodedRow.NOT_TRAINED;
            }
        }
        return new EncodedRow(row + 1L, ids, labels, false);
    }
}
