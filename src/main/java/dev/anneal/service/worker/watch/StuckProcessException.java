package dev.anneal.service.worker.watch;

import dev.anneal.service.queue.WorkError;
import java.util.List;

/** An engine process was killed and has not ended: it waits for a disk or device that does not answer. */
public final class StuckProcessException extends RuntimeException {

    static final String CODE = "engine_stuck";

    public StuckProcessException(List<Long> pids) {
        super("engine processes " + pids + " were killed and have not all ended");
    }

    /** The error for clients. */
    static WorkError error() {
        return WorkError.ofEnvironment(
                CODE, "The engine process hung and could not be ended; its worker's disk or device does not answer.");
    }

    public static Verdict verdict() {
        return new Verdict.Fail(error());
    }
}
