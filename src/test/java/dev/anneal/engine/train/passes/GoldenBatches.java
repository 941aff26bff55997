package dev.anneal.engine.train.passes;

import dev.anneal.engine.network.model.GoldenTensors;
import dev.anneal.engine.text.data.EncodedRow;
import dev.anneal.engine.text.data.StepPlan;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** The reference's 24 steps of 4 rows as a training set whose shuffled plan visits them in the reference's order. */
public final class GoldenBatches {

    public static final int STEPS = 24;
    public static final int STEP_ROWS = 4;
    public static final long SEED = 5;

    private static final String FILE = "sft/batches.safetensors";
    private static final int WIDTH = 28;

    private GoldenBatches() {}

    /** Rows of step 0, then of step 1, and so on, without padding. */
    public static List<EncodedRow> inOrder() {
        int[] mask = GoldenTensors.ints(FILE, "attention_mask");
        List<int[]> ids = GoldenTensors.ragged(GoldenTensors.ints(FILE, "input_ids"), mask, WIDTH);
        List<int[]> labels = GoldenTensors.ragged(GoldenTensors.ints(FILE, "labels"), mask, WIDTH);
        List<EncodedRow> rows = new ArrayList<>();
        for (int row = 0; row < ids.size(); row++) {
            rows.add(new EncodedRow(row + 1, ids.get(row), labels.get(row), false));
        }
        return rows;
    }

    /** The same rows laid so that step k of the plan with {@link #SEED} trains the reference's step k. */
    public static List<EncodedRow> forPlan() {
        List<EncodedRow> inOrder = inOrder();
        EncodedRow[] placed = new EncodedRow[inOrder.size()];
        StepPlan plan = new StepPlan(inOrder.size(), STEP_ROWS, STEPS, SEED);
        for (int step = 0; step < STEPS; step++) {
            int[] indices = plan.rowsOf(step);
            for (int i = 0; i < STEP_ROWS; i++) {
                placed[indices[i]] = inOrder.get(step * STEP_ROWS + i);
            }
        }
        return Arrays.asList(placed);
    }

    /** The rows of {@link #forPlan}, each repeated up to a length, so that a step has several micro-batches. */
    public static List<EncodedRow> ofLength(int tokens) {
        return forPlan().stream().map(row -> repeated(row, tokens)).toList();
    }

    /** The rows of {@link #inOrder}, each behind the same trained tokens, and every other pair behind a few more. */
    public static List<EncodedRow> behindContext(int tokens) {
        List<EncodedRow> rows = inOrder();
        EncodedRow context = repeated(rows.get(0), tokens);
        EncodedRow longer = repeated(rows.get(0), tokens + WIDTH);
        return IntStream.range(0, rows.size())
                .mapToObj(row -> joined(row % STEP_ROWS < 2 ? context : longer, rows.get(row)))
                .toList();
    }

    private static EncodedRow joined(EncodedRow first, EncodedRow second) {
        int[] ids = IntStream.concat(IntStream.of(first.ids()), IntStream.of(second.ids()))
                .toArray();
        int[] labels = IntStream.concat(IntStream.of(first.labels()), IntStream.of(second.labels()))
                .toArray();
        return new EncodedRow(second.line(), ids, labels, false);
    }

    /** The first rows of {@link #ofLength} as pairs: neighbours say that they come from one line. */
    public static List<EncodedRow> pairsOfLength(int tokens, int pairs) {
        List<EncodedRow> rows = ofLength(tokens);
        return IntStream.range(0, 2 * pairs)
                .mapToObj(row -> new EncodedRow(
                        row / 2 + 1, rows.get(row).ids(), rows.get(row).labels(), false))
                .toList();
    }

    private static EncodedRow repeated(EncodedRow row, int tokens) {
        int[] ids = new int[tokens];
        int[] labels = new int[tokens];
        for (int i = 0; i < ids.length; i++) {
            ids[i] = row.ids()[i % row.length()];
            labels[i] = i == 0 ? EncodedRow.NOT_TRAINED : ids[i];
        }
        return new EncodedRow(row.line(), ids, labels, false);
    }
}
