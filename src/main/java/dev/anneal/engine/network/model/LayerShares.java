package dev.anneal.engine.network.model;

import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.ProcessGroup;
import dev.anneal.engine.network.torch.Program;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A rank's shares of layers, each layer a flat tensor, and rounds in which ranks put them together. A rank takes part
 * in a round when it needs a layer, or when it waits for the others in the group: in a round each says which layer it
 * needs, if any, and these are put together one after another. So ranks need not compute the same layers in the same
 * order, and those that do share each round. Thread-safe once all layers are added.
 */
final class LayerShares {

    private static final int NONE = -1;

    private final TensorScope scope;
    private final Program program;
    private final ProcessGroup group;
    private final List<Tensor> shares = new ArrayList<>();

    /** Room for layers that others need, one of each type and size. */
    private final Map<String, Tensor> spares = new HashMap<>();

    /**
     * @param scope that shares live in
     * @param group ends after it
     */
    LayerShares(TensorScope scope, ProcessGroup group) {
        this.scope = scope;
        this.program = Program.load(scope, "shards", "Shards", Map.of());
        this.group = group;
        group.before(this::awaitAll);
    }

    /**
     * Adds the next layer. Takes this rank's share of its tensors, which have one type, and closes them. Room for the
     * layer is made as well: a rank that ran out of memory after a round was agreed on would leave the others in it.
     */
    void add(List<Tensor> tensors) {
        shares.add(
                tensors.isEmpty()
                        ? scope.zeros(ElementType.UINT8, 1)
                        : program.call(scope, "share", tensors, (long) group.rank(), (long) group.size()));
        tensors.forEach(Tensor::close);
        int layer = shares.size() - 1;
        spares.computeIfAbsent(kindOf(layer), none -> newWhole(scope, layer));
    }

    /** Room for a whole layer. */
    Tensor newWhole(TensorScope owner, int layer) {
        Tensor share = shares.get(layer);
        return owner.zeros(share.elementType(), share.elements() * group.size());
    }

    /** Elements of a whole layer, which share its memory. */
    Tensor part(TensorScope owner, Tensor whole, long begin, long count) {
        return program.call(owner, "part", whole, begin, count);
    }

    /** A matrix of a whole layer, which shares its memory. */
    Tensor matrix(TensorScope owner, Tensor whole, long begin, long[] shape) {
        return program.call(owner, "matrix", whole, begin, shape[0], shape[1]);
    }

    /** Overwrites the room of a layer with it; waits for all ranks to take part. */
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
        try (Tensor number = scope.longs(new long[] {own}, 1);
                Tensor all = scope.longs(new long[group.size()], group.size())) {
            group.gather(number, all);
            return Arrays.stream(all.toLongs())
                    .mapToInt(Math::toIntExact)
                    .filter(layer -> layer != NONE)
                    .distinct()
                    .sorted()
                    .toArray();
        }
    }

    /** @param whole null if this rank does not need it */
    private void give(int layer, @Nullable Tensor whole) {
        Tensor room = whole == null ? Objects.requireNonNull(spares.get(kindOf(layer))) : whole;
        group.gather(shares.get(layer), room);
    }

    private String kindOf(int layer) {
        Tensor share = shares.get(layer);
        return share.elementType() + " " + share.elements();
    }
}
