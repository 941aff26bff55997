package dev.anneal.engine.serve;

import dev.anneal.engine.generate.OpenDecoder;
import dev.anneal.engine.lora.Adapter;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** What decodes with one adapter of a model, or with none, and how much it is used. */
final class HeldAdapter implements AutoCloseable {

    private final @Nullable Adapter adapter;
    private final OpenDecoder decoder;
    private final AtomicInteger openRequests = new AtomicInteger();
    private volatile long lastUsedNanos = System.nanoTime();

    /** Takes over both. */
    HeldAdapter(@Nullable Adapter adapter, OpenDecoder decoder) {
        this.adapter = adapter;
        this.decoder = decoder;
    }

    /** Whether there is an adapter at all. */
    boolean isAdapter() {
        return adapter != null;
    }

    OpenDecoder decoder() {
        return decoder;
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
        decoder.close();
        if (adapter != null) {
            adapter.close();
        }
    }
}
