package dev.anneal.service.worker.assignment;

import dev.anneal.service.models.hub.PullListener;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Consumer;

/** Reports the progress of a pull of a base model: at its beginning, every half minute, and at its end. */
final class PullEvents implements PullListener {

    private static final long INTERVAL_NANOS = Duration.ofSeconds(30).toNanos();
    private static final double MEBIBYTE = 1 << 20;

    private final String model;
    private final String revision;
    private final Consumer<String> tell;
    private final AttemptInputs inputs;
    private boolean hasBegun;
    private long toldNanos;

    PullEvents(String model, String revision, Consumer<String> tell, AttemptInputs inputs) {
        this.model = model;
        this.revision = revision;
        this.tell = tell;
        this.inputs = inputs;
    }

    @Override
    public boolean arrived(long bytesDone, long bytesTotal) {
        long now = System.nanoTime();
        if (!hasBegun || bytesDone == bytesTotal || now - toldNanos > INTERVAL_NANOS) {
            tell.accept(String.format(
                    Locale.ROOT,
                    "%s base model '%s' (%s) onto this worker: %.1f of %.1f MiB",
                    bytesDone == bytesTotal ? "Pulled" : "Pulling",
                    model,
                    revision,
                    bytesDone / MEBIBYTE,
                    bytesTotal / MEBIBYTE));
            hasBegun = true;
            toldNanos = now;
        }
        return inputs.guard().isWanted();
    }

    @Override
    public boolean waits() {
        return inputs.guard().isWanted();
    }
}
