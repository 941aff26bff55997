package dev.anneal.engine.train.passes;

import dev.anneal.engine.network.model.Continuation;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.model.SharedPrefix;
import dev.anneal.engine.network.model.TrainingPass;
import dev.anneal.engine.network.torch.Monitors;
import dev.anneal.engine.train.passes.PassOrder.Pass;
import dev.anneal.engine.train.passes.PassOrder.PassType;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keys, values and activations of the prefixes of a run of passes, each from its first pass to its last. Thread-safe;
 * closed by its owner after all passes.
 */
final class OpenPrefixes implements AutoCloseable {

    private final DecoderModel model;
    private final PassOrder order;
    private final boolean trained;
    private final Map<Prefix, Integer> uses;
    private final Map<Prefix, SharedPrefix> open = new HashMap<>();
    private final Map<Prefix.Part, TrainingPass> kept = new HashMap<>();
    private final Set<Prefix.Part> computed = new HashSet<>();
    private @Nullable Throwable failure;

    OpenPrefixes(DecoderModel model, PassOrder order, boolean trained) {
        this.model = model;
        this.order = order;
        this.trained = trained;
        this.uses = order.uses();
    }

    /** What a pass has to do with its prefix; null if it has none. */
    @Nullable
    Continuation of(Pass pass) {
        Prefix prefix = pass.prefix();
        return prefix == null ? null : new Continuation(opened(prefix), pass.kind() != PassType.ROWS, pass.turn());
    }

    private synchronized SharedPrefix opened(Prefix prefix) {
        SharedPrefix.rethrow(failure);
        SharedPrefix known = open.get(prefix);
        if (known == null) {
            Prefix parent = prefix.parent();
            Continuation above =
                    parent == null ? null : new Continuation(opened(parent), false, order.turnInParent(prefix));
            known = SharedPrefix.of(model, Prefix.endOf(prefix), above, trained);
            open.put(prefix, known);
        }
        return known;
    }

    /** Keeps a part's pass, which is yet to be computed, until its backward. */
    synchronized void keep(Prefix.Part part, TrainingPass pass) {
        kept.put(part, pass);
    }

    /** The forward of a part that is kept has ended. */
    synchronized void computed(Prefix.Part part) {
        computed.add(part);
        notifyAll();
    }

    /** The pass of a part, whose forward it waits for. Closed by the caller. */
    synchronized TrainingPass take(Prefix.Part part) {
        Monitors.await(this, () -> computed.contains(part) || failure != null);
        SharedPrefix.rethrow(failure);
        return Objects.requireNonNull(kept.remove(part));
    }

    /** A pass has ended; a prefix that no later one needs is closed. */
    synchronized void done(@Nullable Prefix prefix) {
        if (prefix != null && uses.merge(prefix, -1, Integer::sum) == 0) {
            Objects.requireNonNull(open.remove(prefix)).close();
            done(prefix.parent());
        }
    }

    /** A pass has failed: those that wait end with the same failure. */
    synchronized void fail(Throwable cause) {
        failure = failure == null ? cause : failure;
        notifyAll();
        open.values().forEach(prefix -> prefix.fail(cause));
    }

    @Override
    public synchronized void close() {
        kept.values().forEach(TrainingPass::close);
        open.values().forEach(SharedPrefix::close);
    }
}
