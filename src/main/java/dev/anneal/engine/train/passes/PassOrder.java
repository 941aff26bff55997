package dev.anneal.engine.train.passes;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The passes of micro-batches and their prefixes in the order in which threads take them, so that a pass waits only for
 * earlier ones: the parts of a prefix forward, the micro-batches that continue it, longer prefixes with theirs, and its
 * parts backward from the last.
 */
final class PassOrder {

    private final List<MicroBatch> batches;
    private final boolean trained;
    private final List<Pass> passes = new ArrayList<>();

    /** By prefix, in the order of first use. A missing prefix is null. */
    private final Map<Prefix, List<Integer>> batchesOf = new LinkedHashMap<>();

    private final Map<Prefix, List<Prefix>> longer = new LinkedHashMap<>();
    private final Map<Prefix, Integer> turns = new HashMap<>();
    private final Map<Prefix, Integer> turnInParent = new HashMap<>();

    /**
     * A pass of a thread.
     *
     * @param kind what is computed
     * @param prefix that is computed or continued; null if there is none
     * @param number of the prefix's part, or of the micro-batch
     * @param turn among the passes that add gradients to the prefix
     */
    record Pass(PassType kind, @Nullable Prefix prefix, int number, int turn) {}

    /** What a pass computes. */
    enum PassType {
        PREFIX_FORWARD,
        ROWS,
        PREFIX_BACKWARD
    }

    private PassOrder(List<MicroBatch> batches, boolean trained) {
        this.batches = batches;
        this.trained = trained;
    }

    /** @param trained whether there are backward passes */
    static PassOrder of(List<MicroBatch> batches, boolean trained) {
        PassOrder order = new PassOrder(batches, trained);
        order.group();
        order.longer.getOrDefault(null, List.of()).forEach(order::addPrefix);
        order.addRows(null);
        return order;
    }

    private void group() {
        for (int batch = 0; batch < batches.size(); batch++) {
            Prefix prefix = batches.get(batch).prefix();
            batchesOf.computeIfAbsent(prefix, none -> new ArrayList<>()).add(batch);
            while (prefix != null) {
                List<Prefix> siblings = longer.computeIfAbsent(prefix.parent(), none -> new ArrayList<>());
                if (siblings.contains(prefix)) {
                    break;
                }
                siblings.add(prefix);
                prefix = prefix.parent();
            }
        }
    }

    private void addPrefix(Prefix prefix) {
        List<Prefix> continuing = longer.getOrDefault(prefix, List.of());
        int parts = prefix.parts().size();
        int lastTurn = batchesOf.getOrDefault(prefix, List.of()).size() + continuing.size() + parts - 1;
        for (int part = 0; part < parts; part++) {
            passes.add(new Pass(PassType.PREFIX_FORWARD, prefix, part, lastTurn - part));
        }
        addRows(prefix);
        for (Prefix next : continuing) {
            turnInParent.put(next, nextTurn(prefix));
            addPrefix(next);
        }
        for (int part = parts - 1; trained && part >= 0; part--) {
            passes.add(new Pass(PassType.PREFIX_BACKWARD, prefix, part, lastTurn - part));
        }
    }

    private void addRows(@Nullable Prefix prefix) {
        for (int batch : batchesOf.getOrDefault(prefix, List.of())) {
            passes.add(new Pass(PassType.ROWS, prefix, batch, prefix == null ? 0 : nextTurn(prefix)));
        }
    }

    private int nextTurn(Prefix prefix) {
        return turns.merge(prefix, 1, Integer::sum) - 1;
    }

    List<Pass> passes() {
        return passes;
    }

    /** Turn of a prefix among the passes that add gradients to its parent. */
    int turnInParent(Prefix prefix) {
        return turnInParent.getOrDefault(prefix, 0);
    }

    /**
     * Number of passes of each prefix, and of longer prefixes that continue it: when so many have ended, it is not
     * needed any more.
     */
    Map<Prefix, Integer> uses() {
        Map<Prefix, Integer> uses = new HashMap<>();
        for (Pass pass : passes) {
            if (pass.prefix() != null) {
                uses.merge(pass.prefix(), 1, Integer::sum);
            }
        }
        longer.forEach((prefix, continuing) -> {
            if (prefix != null) {
                uses.merge(prefix, continuing.size(), Integer::sum);
            }
        });
        return uses;
    }
}
