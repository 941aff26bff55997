package dev.anneal.engine.run.serve;

import dev.anneal.protocol.ServeReply;
import dev.anneal.protocol.ServeRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;

/** A request that is being answered. Thread-safe. It sends nothing after its last reply. */
final class OpenRequest {

    private final ServeRequest.Generate request;
    private final Consumer<ServeReply> replies;
    private final Function<Throwable, ServeReply.Refused> faults;
    private final AtomicInteger openChoices;
    private final Runnable onEnd;
    private final List<HeldModels.Use> uses = new ArrayList<>();
    private boolean over;

    /**
     * @param faults maps a failure to its reply
     * @param onEnd called once, after the last reply
     */
    OpenRequest(
            ServeRequest.Generate request,
            Consumer<ServeReply> replies,
            Function<Throwable, ServeReply.Refused> faults,
            Runnable onEnd) {
        this.request = request;
        this.replies = replies;
        this.faults = faults;
        this.openChoices = new AtomicInteger(request.decoding().choices());
        this.onEnd = onEnd;
    }

    ServeRequest.Generate request() {
        return request;
    }

    synchronized void tell(ServeReply reply) {
        if (!over) {
            replies.accept(reply);
        }
    }

    /** A choice is complete. */
    void ended(ServeReply.Ended reply) {
        boolean isLast = openChoices.decrementAndGet() == 0;
        if (isLast) {
            // A client that reads the end may request another model in its place at once.
            release();
        }
        tell(reply);
        if (isLast) {
            end();
        }
    }

    /** Ends the request with an error. */
    void fail(Throwable cause) {
        tell(faults.apply(cause));
        end();
    }

    /** Cancels the request. */
    void cancel() {
        end();
    }

    synchronized boolean isCancelled() {
        return over;
    }

    /** Keeps a model and its adapter in memory until the request ends. */
    synchronized void whileOpen(HeldModels.Use used) {
        if (!over) {
            uses.add(used);
            used.begin();
        }
    }

    private void end() {
        synchronized (this) {
            if (over) {
                return;
            }
            over = true;
        }
        release();
        onEnd.run();
    }

    private synchronized void release() {
        uses.forEach(HeldModels.Use::end);
        uses.clear();
    }
}
