package dev.anneal.engine.run.serve;

import dev.anneal.engine.network.generate.DraftModel;
import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.network.model.IncrementalDecoder;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** An adapter of a model, or none, with its number of users. */
final class HeldAdapter implements AutoCloseable {

    private final AppliedAdapter applied;
    private final @Nullable Runnable closing;
    private final DraftModel draft;
    private final AtomicInteger openRequests = new AtomicInteger();
    private volatile long lastUsedNanos = System.nanoTime();

    /**
     * @param model the model
     * @param applied the adapter as applied to the model
     * @param closing frees the adapter; null if there is none
     */
    HeldAdapter(IncrementalDecoder model, AppliedAdapter applied, @Nullable Runnable closing) {
        this.applied = applied;
        this.draft = new DraftModel(model, applied);
        this.closing = closing;
    }

    /** Whether there is an adapter. */
    boolean isAdapter() {
        return closing != null;
    }

    AppliedAdapter applied() {
        return applied;
    }

    /** The model with this adapter as a draft of others. */
    DraftModel draft() {
        return draft;
    }

    void requestBegins() {
        openRequests.incrementAndGet();
    }

    void requestEnds() {
        lastUsedNanos = System.nanoTime();
        openRequests.decrementAndGet();
    }

    boolean isInUse() {
        return openRequests.get() > 0;
    }

    long lastUsedNanos() {
        return lastUsedNanos;
    }

    @Override
    public void close() {
        if (closing != null) {
            closing.run();
        }
    }
}
