package dev.anneal.engine.run.serve;

import dev.anneal.engine.network.lora.Adapter;
import dev.anneal.engine.network.model.AppliedAdapter;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** An adapter of a model, or none, with its number of users. */
final class HeldAdapter implements AutoCloseable {

    private final @Nullable Adapter adapter;
    private final AppliedAdapter applied;
    private final AtomicInteger openRequests = new AtomicInteger();
    private volatile long lastUsedNanos = System.nanoTime();

    /**
     * @param adapter closed by this object; null if there is none
     * @param applied the adapter as applied to the model
     */
    HeldAdapter(@Nullable Adapter adapter, AppliedAdapter applied) {
        this.adapter = adapter;
        this.applied = applied;
    }

    /** Whether there is an adapter. */
    boolean isAdapter() {
        return adapter != null;
    }

    AppliedAdapter applied() {
        return applied;
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
        if (adapter != null) {
            adapter.close();
        }
    }
}
