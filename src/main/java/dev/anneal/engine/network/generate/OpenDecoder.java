package dev.anneal.engine.network.generate;

import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.network.model.IncrementalDecoder;
import dev.anneal.engine.network.torch.Scope;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Continues prompts that come while others are being continued, with one model and an adapter for each prompt, on a thread of its own. Memory of the cache is
 * given back whenever nothing is left to do. Closed by whoever made it, before the model.
 */
public final class OpenDecoder implements AutoCloseable {

    private static final Logger LOG = System.getLogger(OpenDecoder.class.getName());

    private final IncrementalDecoder model;
    private final Scope scope;
    private final NextTokens nextTokens;
    private final Limits limits;
    private final Turns turns;
    private final OperatorSharing sharing;

    /** Its monitor is notified when something is added, here or to {@link #afterwards}. */
    private final Queue<Sequence> waiting = new ConcurrentLinkedQueue<>();

    private final Queue<Runnable> afterwards = new ConcurrentLinkedQueue<>();

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
    public OpenDecoder(IncrementalDecoder model, Limits limits, Turns turns, String name) {
        this.model = model;
        this.scope = model.scope().child();
        this.nextTokens = new NextTokens(scope);
        this.limits = limits;
        this.turns = turns;
        this.sharing =
                new OperatorSharing(turns.threads(), model.decodingLimits().sharesOperators());
        this.thread = new Thread(this::run, name);
        thread.start();
    }

    /**
     * Queues a prompt; the sink's calls come from other threads, unless the prompt has no room for an answer.
     *
     * @param adapter what is added to the model, at its own beta. Stays open until the answer has ended or, cancelled, has left: {@link #whenLeft}
     */
    public void submit(Prompt prompt, AppliedAdapter adapter, TokenSink sink) {
        Sequence sequence = new Sequence(prompt, adapter, limits.context(), sink);
        if (!sequence.hasEnded()) {
            add(waiting, sequence);
        }
    }

    /** Runs something, on any thread, once nothing is computed any more for answers that have ended or were cancelled before. */
    public void whenLeft(Runnable action) {
        add(afterwards, action);
    }

    private <T> void add(Queue<T> queue, T element) {
        synchronized (waiting) {
            queue.add(element);
            waiting.notifyAll();
        }
    }

    private void run() {
        try {
            while (!closed) {
                awaitWork();
                if (!waiting.isEmpty()) {
                    decode();
                }
                runAll(takeAll(afterwards));
            }
        } catch (InterruptedException e) {
            // Only close interrupts, and nobody asks this thread afterwards.
            Thread.currentThread().interrupt();
        }
    }

    private void awaitWork() throws InterruptedException {
        synchronized (waiting) {
            while (waiting.isEmpty() && afterwards.isEmpty()) {
                waiting.wait();
            }
        }
    }

    private void decode() throws InterruptedException {
        turns.begin();
        try (Lane lane = new Lane(model, nextTokens, waiting, limits.slots(), limits.context(), sharing)) {
            decode(lane);
        } catch (RuntimeException | Error e) {
            // There is no lane, or no memory for it: whoever waits is told, and others may come.
            takeAll(waiting).forEach(sequence -> sequence.fail(e));
        } finally {
            turns.end();
        }
    }

    private void decode(Lane lane) {
        List<Runnable> due = new ArrayList<>();
        try {
            lane.run(() -> !closed, () -> {
                turns.next();
                runAll(due);
                // Not before the lane has looked again for what was cancelled before these came.
                due.clear();
                due.addAll(takeAll(afterwards));
            });
        } catch (RuntimeException | Error e) {
            lane.fail(e);
        } finally {
            runAll(due);
        }
    }

    private static void runAll(List<Runnable> actions) {
        for (Runnable action : actions) {
            try {
                action.run();
            } catch (RuntimeException e) {
                LOG.log(Level.WARNING, "What was to be done when answers had left failed", e);
            }
        }
    }

    private static <T> List<T> takeAll(Queue<T> queue) {
        List<T> taken = new ArrayList<>();
        for (T next = queue.poll(); next != null; next = queue.poll()) {
            taken.add(next);
        }
        return taken;
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
        runAll(takeAll(afterwards));
        scope.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
