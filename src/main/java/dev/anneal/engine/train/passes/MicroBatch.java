package dev.anneal.engine.train.passes;

import dev.anneal.engine.math.random.SplitMix64;
import dev.anneal.engine.network.architecture.DeviceLimits;
import dev.anneal.engine.network.model.AdapterDropout;
import dev.anneal.engine.network.model.Continuation;
import dev.anneal.engine.network.model.PassInput;
import dev.anneal.engine.network.objective.Targets;
import dev.anneal.engine.network.objective.TokenRows;
import dev.anneal.engine.text.data.EncodedRow;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Rows that one thread computes at a time.
 *
 * @param rowsOfStep position of each row within its step, which keys its dropout
 * @param prefix the beginning of all rows, which other passes compute; null if there is none
 * @param portion of the step, which one rank computes
 */
public record MicroBatch(
        TokenRows rows,
        Targets targets,
        List<Integer> rowsOfStep,
        @Nullable Prefix prefix,
        int portion) {

    public MicroBatch {
        rowsOfStep = List.copyOf(rowsOfStep);
    }

    /** Splits rows as {@link RowSplit} describes it. */
    public static List<MicroBatch> split(List<EncodedRow> rows, int unit, Sharing sharing, DeviceLimits limits) {
        return new RowSplit(rows, unit, sharing, limits).microBatches();
    }

    /** Of a portion of a step. */
    MicroBatch ofPortion(int number, List<Integer> rowsOfPortion) {
        return new MicroBatch(
                rows, targets, rowsOfStep.stream().map(rowsOfPortion::get).toList(), prefix, number);
    }

    /**
     * Micro-batches in groups that have at most {@code most} of each portion.
     *
     * @param batches in the order of their portions, as those of each group are
     */
    public static List<List<MicroBatch>> someOfEachPortion(List<MicroBatch> batches, int most) {
        List<List<MicroBatch>> groups = new ArrayList<>();
        Map<Integer, Integer> counts = new HashMap<>();
        for (MicroBatch batch : batches) {
            int group = (counts.merge(batch.portion, 1, Integer::sum) - 1) / most;
            if (group == groups.size()) {
                groups.add(new ArrayList<>());
            }
            groups.get(group).add(batch);
        }
        return groups;
    }

    /** Number of tokens of the rows that are not computed, because the same beginning of another row is. */
    public static long sharedTokens(List<MicroBatch> batches) {
        Set<Prefix> prefixes = new HashSet<>();
        long shared = 0;
        for (MicroBatch batch : batches) {
            shared += batch.rows.rowTokens() - batch.rows.tokens();
            for (Prefix prefix = batch.prefix; prefix != null && prefixes.add(prefix); prefix = prefix.parent()) {
                shared -= prefix.ownTokens();
            }
        }
        return shared;
    }

    /** The same rows with logits divided by the temperature at which their tokens were sampled. */
    public MicroBatch at(double temperature) {
        return new MicroBatch(rows, targets.at(temperature), rowsOfStep, prefix, portion);
    }

    /** @param continued null if there is no prefix */
    public PassInput input(@Nullable Continuation continued) {
        return new PassInput(rows, targets, continued);
    }

    /** Dropout of these rows in a step of a job. */
    AdapterDropout dropout(double probability, long seed, int step) {
        if (probability == 0) {
            return AdapterDropout.NONE;
        }
        return new AdapterDropout(
                probability,
                rowsOfStep.stream().map(row -> SplitMix64.key(seed, step, row)).toList());
    }
}
