package dev.anneal.engine.train;

import dev.anneal.protocol.Progress;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * What a training says, and, where it has long said nothing, that another layer is done: a step may take longer than a supervisor waits for
 * a hung process, and a process that hangs finishes no layer. Passes events on one at a time, whichever threads they come from.
 */
final class SignsOfLife {

    /** Far below the time after which a supervisor takes a silent process for hung. */
    static final Duration SILENCE = Duration.ofSeconds(10);

    private final Consumer<Progress> progress;
    private final long silenceNanos;
    private volatile long lastNanos = System.nanoTime();

    /** @param silence how long nothing must have been said before a finished layer is told */
    SignsOfLife(Consumer<Progress> progress, Duration silence) {
        this.progress = progress;
        this.silenceNanos = silence.toNanos();
    }

    synchronized void tell(Progress event) {
        lastNanos = System.nanoTime();
        progress.accept(event);
    }

    /** A layer has been computed, forward or backward; called by any compute thread, after every one. */
    void layerDone() {
        if (isSilent()) {
            tellOfLayer();
        }
    }

    private synchronized void tellOfLayer() {
        // Another thread may have been faster.
        if (isSilent()) {
            tell(new Progress.Working());
        }
    }

    private boolean isSilent() {
        return System.nanoTime() - lastNanos >= silenceNanos;
    }
}
