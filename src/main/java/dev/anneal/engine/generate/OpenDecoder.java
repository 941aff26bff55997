package dev.anneal.engine.generate;

import dev.anneal.engine.model.AppliedAdapter;
import dev.anneal.engine.model.IncrementalDecoder;
import dev.anneal.engine.torch.Scope;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Continues prompts that come while others are being continued, with one model and one adapter, on a thread of its own. Memory of the cache is given
 * back whenever nothing is left to do. Closed by whoever made it, before the model.
 */
public final class OpenDecoder implements AutoCloseable {

    private final IncrementalDecoder model;
    private final Scope scope;
    private final NextTokens nextTokens;
    private final AppliedAdapter adapter;
    private final Limits limits;
    private final Turns turns;

    /** Its monitor is notified when something is added. */
    private final Queue<Sequence> waiting = new ConcurrentLinkedQueue<>();

    private final Thread thread;
    private volatile boolean closed;

    /**
     * What is decoded at one time.
     *
     * @param slots sequences
     * @param context tokens of prompt and answer together
     */
    public record Limits(int slots, int context) {}

    /** @param turns shared by all decoders that take turns at the processor */
    public OpenDecoder(IncrementalDecoder model, AppliedAdapter adapter, Limits limits, Turns turns, String name) {
        this.model = model;
        this.scope = model.scope().child();
        this.nextTokens = new NextTokens(scope);
        this.adapter = adapter;
        this.limits = limits;
        this.turns = turns;
        this.thread = new Thread(this::run, name);
        thread.start();
    }

    /** Queues a prompt; the sink's calls come from other threads, unless the prompt has no room for an answer. */
    public void submit(Prompt prompt, TokenSink sink) {
        Sequence sequence = new Sequence(prompt, limits.context(), sink);
        if (!sequence.hasEnded()) {
            synchronized (waiting) {
                waiting.add(sequence);
                waiting.notifyAll();
            }
        }
    }

    private void run() {
        try {
            while (!closed) {
                awaitWork();
                decode();
            }
        } catch (InterruptedException e) {
            // Only close interrupts, and nobody asks this thread afterwards.
            Thread.currentThread().interrupt();
        }
    }

    private void awaitWork() throws InterruptedException {
        synchronized (waiting) {
            while (waiting.isEmpty()) {
                waiting.wait();
            }
        }
    }

    private void decode() throws InterruptedException {
        turns.begin();
        try (Lane lane = new Lane(model, adapter, nextTokens, waiting, limits.slots(), limits.context())) {
            try {
                lane.run(() -> !closed, turns::next);
            } catch (RuntimeException | Error e) {
                lane.fail(e);
            }
        } finally {
            turns.end();
        }
    }

    /** Returns when the thread has ended; what was not answered gets no further call. */
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        scope.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
