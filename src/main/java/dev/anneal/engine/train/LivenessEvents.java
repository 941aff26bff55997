package dev.anneal.engine.train;

import dev.anneal.protocol.Progress;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Forwards a training's events from all threads, one at a time, and after a long silence reports each finished layer: a
 * step may take longer than the supervisor's limit for hung processes, but a hung process finishes no layer.
 */
final class LivenessEvents {

    /** Far below the time after which a silent process counts as hung. */
    static final Duration SILENCE = Duration.ofSeconds(10);

    private final Consumer<Progress> progress;
    private final long silenceNanos;
    private volatile long lastNanos = System.nanoTime();

    /** @param silence time without an event after which a finished layer is reported */
    LivenessEvents(Consumer<Progress> progress, Duration silence) {
        this.progress = progress;
        this.silenceNanos = silence.toNanos();
    }

    synchronized void tell(Progress event) {
        lastNanos = System.nanoTime();
        progress.accept(event);
    }

    /** Called by any compute thread after every layer, forward or backward. */
    void layerDone() {
        if (isSilent()) {
            reportLayer();
        }
    }

    private synchronized void reportLayer() {
        // Another thread may have reported already.
        if (isSilent()) {
            tell(new Progress.Working());
        }
    }

    private boolean isSilent() {
        return System.nanoTime() - lastNanos >= silenceNanos;
    }
}
