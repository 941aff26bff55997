package dev.anneal.engine.run.serve;

import dev.anneal.engine.network.generate.Draft;
import dev.anneal.engine.network.model.AppliedAdapter;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** An adapter of a model, a draft head of it, or neither, with its number of users. */
final class HeldAdapter implements AutoCloseable {

    private final AppliedAdapter applied;
    private final @Nullable Runnable closing;
    private final Draft draft;
    private final @Nullable String trainedFor;
    private final AtomicInteger openRequests = new AtomicInteger();
    private volatile long lastUsedNanos = System.nanoTime();

    /**
     * @param applied the adapter as applied to the model
     * @param draft the model with this adapter as a draft of others
     * @param trainedFor fingerprint of the target that it was trained to draft for; null if it is no draft
     * @param closing frees the adapter; null if there is none
     */
    HeldAdapter(AppliedAdapter applied, Draft draft, @Nullable String trainedFor, @Nullable Runnable closing) {
        this.applied = applied;
        this.draft = draft;
        this.trainedFor = trainedFor;
        this.closing = closing;
    }

    /** Whether there is an adapter or a head. */
    boolean isAdapter() {
        return closing != null;
    }

    boolean isHead() {
        return draft.readsStates();
    }

    AppliedAdapter applied() {
        return applied;
    }

    /** What it proposes tokens with: the model with this adapter for others, a head for its model. */
    Draft draft() {
        return draft;
    }

    @Nullable
    String trainedFor() {
        return trainedFor;
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
