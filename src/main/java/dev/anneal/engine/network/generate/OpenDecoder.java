package dev.anneal.engine.network.generate;

import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.network.model.IncrementalDecoder;
import dev.anneal.engine.network.sampling.TokenSink;
import dev.anneal.engine.network.torch.TensorScope;
import dev.anneal.engine.network.torch.TorchException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Decodes prompts that arrive while others are being decoded, with one model and an adapter for each prompt, on its own
 * thread. Frees the cache when idle, but not the kept beginnings of prompts. Closed by its owner, before the model.
 */
public final class OpenDecoder implements AutoCloseable {

    private static final Logger LOG = System.getLogger(OpenDecoder.class.getName());

    private final IncrementalDecoder model;
    private final TensorScope scope;
    private final NextTokens nextTokens;
    private final Limits limits;
    private final Turns turns;
    private final OperatorSharing sharing;
    private final DraftLength draftLength = DraftLength.measured();
    private final PrefixCache prefixes;

    /** Its monitor is notified when something is added to this queue or to {@link #afterwards}. */
    private final Queue<GeneratedSequence> waiting = new ConcurrentLinkedQueue<>();

    private final Queue<Runnable> afterwards = new ConcurrentLinkedQueue<>();

    private final Thread thread;
    private volatile boolean closed;

    /**
     * Limits of concurrent decoding.
     *
     * @param slots number of sequences
     * @param context maximum number of tokens of prompt and answer together
     * @param prefixBytes memory of the kept beginnings of prompts
     */
    public record Limits(int slots, int context, long prefixBytes) {}

    /** @param turns shared by all decoders that take turns on the processor */
    public OpenDecoder(IncrementalDecoder model, Limits limits, Turns turns, String name) {
        this.model = model;
        this.scope = model.scope().child();
        this.nextTokens = new NextTokens(scope, model.config().vocabularySize());
        this.limits = limits;
        this.prefixes = new PrefixCache(model, scope, limits.prefixBytes());
        this.turns = turns;
        this.sharing =
                new OperatorSharing(turns.threads(), model.decodingLimits().sharesOperators());
        this.thread = new Thread(this::run, name);
        thread.start();
    }

    /**
     * Queues a prompt. The sink is called by another thread, unless the prompt leaves no space for an answer.
     *
     * @param prefixScope beginnings of prompts are shared only within it
     * @param adapter added to the model, at its own beta. Must stay open until the answer has ended or, if cancelled,
     *     has left: {@link #onIdle}
     */
    public void submit(Prompt prompt, String prefixScope, AppliedAdapter adapter, TokenSink sink) {
        PrefixCache.Owner owner = new PrefixCache.Owner(adapter, prefixScope);
        GeneratedSequence sequence = new GeneratedSequence(prompt, owner, limits.context(), sink);
        if (!sequence.hasEnded()) {
            add(waiting, sequence);
        }
    }

    /**
     * Runs an action, on any thread, once answers that ended or were cancelled before this call are no longer computed.
     */
    public void onIdle(Runnable action) {
        add(afterwards, action);
    }

    /**
     * Forgets the kept beginnings of prompts that were read with an adapter, once answers that ended before this call
     * have left.
     */
    public void forget(AppliedAdapter adapter) {
        add(afterwards, () -> prefixes.forget(adapter));
    }

    /** Beginnings of prompts are worth less than answers. */
    private void makeRoomAfter(Throwable failure) {
        if (failure instanceof TorchException torch && torch.isOutOfMemory()) {
            prefixes.clear();
        }
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
            // Only close interrupts this thread, which ends then.
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
        try (Lane lane = new Lane(
                model,
                nextTokens,
                waiting,
                new Lane.Size(limits.slots(), limits.context()),
                prefixes,
                sharing,
                draftLength)) {
            decode(lane);
        } catch (RuntimeException | Error e) {
            // There is no memory for the lane: all waiting prompts fail; new ones can be submitted.
            makeRoomAfter(e);
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
                // These run at the next call, after the lane has removed prompts cancelled before they were added.
                due.clear();
                due.addAll(takeAll(afterwards));
            });
        } catch (RuntimeException | Error e) {
            makeRoomAfter(e);
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
                LOG.log(Level.WARNING, "An action that waited for answers to leave failed", e);
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

    /** Returns when the thread has ended. Sinks of unfinished answers get no further call. */
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
