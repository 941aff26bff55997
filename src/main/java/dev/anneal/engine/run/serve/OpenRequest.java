package dev.anneal.engine.run.serve;

import dev.anneal.protocol.ServeReply;
import dev.anneal.protocol.ServeRequest;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A request that is being answered. Safe for use by several threads; after its last reply it says nothing more. */
final class OpenRequest {

    private final ServeRequest.Generate request;
    private final Consumer<ServeReply> replies;
    private final Function<Throwable, ServeReply.Refused> faults;
    private final AtomicInteger openChoices;
    private final Runnable onEnd;
    private HeldModels.@Nullable Use use;
    private boolean over;

    /**
     * @param faults what is said of a failure
     * @param onEnd called once, when nothing more will be said
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
            // Whoever reads that it is complete may ask for another model in its place.
            release();
        }
        tell(reply);
        if (isLast) {
            end();
        }
    }

    /** The request ends without its answers. */
    void fail(Throwable cause) {
        tell(faults.apply(cause));
        end();
    }

    /** Nobody waits for it any more. */
    void cancel() {
        end();
    }

    synchronized boolean isCancelled() {
        return over;
    }

    /** Keeps what it uses from being let go until it ends. */
    synchronized void whileOpen(HeldModels.Use used) {
        if (!over) {
            use = used;
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
        if (use != null) {
            use.end();
            use = null;
        }
    }
}
