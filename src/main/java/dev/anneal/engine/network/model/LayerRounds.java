package dev.anneal.engine.network.model;

import dev.anneal.engine.network.torch.ProcessGroup;
import dev.anneal.engine.network.torch.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Rounds in which the ranks of a group give each other their shares of layers. A rank takes part in one when it needs a
 * layer, or when it waits for the others in the group: in a round each says which layer it needs, if any, and these are
 * put together one after another. So ranks need not compute the same layers in the same order, and ranks that do share
 * each round. Thread-safe.
 */
final class LayerRounds {

    private static final int NONE = -1;

    private final ProcessGroup group;
    private final List<Tensor> shares;
    private final Supplier<Tensor> unneeded;

    /**
     * @param shares this rank's share of each layer
     * @param unneeded makes a tensor for a layer that only others need
     */
    LayerRounds(ProcessGroup group, List<Tensor> shares, Supplier<Tensor> unneeded) {
        this.group = group;
        this.shares = shares;
        this.unneeded = unneeded;
        group.before(this::awaitAll);
    }

    /** Overwrites a flat tensor with a layer; waits for all ranks to take part. */
    synchronized void gather(int layer, Tensor whole) {
        for (int needed : needed(layer)) {
            give(needed, needed == layer ? whole : null);
        }
    }

    /** Takes part until no rank needs a layer any more and all wait here. */
    private synchronized void awaitAll() {
        for (int[] needed = needed(NONE); needed.length > 0; needed = needed(NONE)) {
            for (int layer : needed) {
                give(layer, null);
            }
        }
    }

    /** The layers that ranks need in this round. */
    private int[] needed(int own) {
        return Arrays.stream(group.gather((long) own))
                .mapToInt(Math::toIntExact)
                .filter(layer -> layer != NONE)
                .distinct()
                .sorted()
                .toArray();
    }

    private void give(int layer, @Nullable Tensor whole) {
        if (whole != null) {
            group.gather(shares.get(layer), whole);
            return;
        }
        try (Tensor others = unneeded.get()) {
            group.gather(shares.get(layer), others);
        }
    }
}
