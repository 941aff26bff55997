package dev.anneal.engine.train.passes;

import dev.anneal.engine.text.data.EncodedRow;
import dev.anneal.engine.text.data.Packing;
import dev.anneal.engine.text.data.StepPlan;
import dev.anneal.protocol.TrainingSettings;
import java.util.Arrays;
import java.util.List;

/** The rows of each step of a training, alone or packed into sequences. */
public final class StepRows {

    private final List<EncodedRow> rows;
    private final List<List<Integer>> sequences;
    private final StepPlan plan;

    public StepRows(List<EncodedRow> rows, TrainingSettings settings) {
        int[] lengths = rows.stream().mapToInt(EncodedRow::length).toArray();
        this.rows = rows;
        this.sequences =
                settings.packing() ? Packing.of(lengths, settings.maxLengthTokens()) : Packing.none(lengths.length);
        this.plan = new StepPlan(sequences.size(), settings.batchRows(), settings.totalSteps(), settings.seed());
    }

    /** Steps in which every row is visited once. */
    public int perEpoch() {
        return plan.stepsPerEpoch();
    }

    /** @param step steps done */
    public List<EncodedRow> of(int step) {
        return Arrays.stream(plan.rowsOf(step))
                .mapToObj(sequences::get)
                .flatMap(List::stream)
                .map(rows::get)
                .toList();
    }

    public static long tokens(List<EncodedRow> rows) {
        return rows.stream().mapToLong(EncodedRow::length).sum();
    }
}
