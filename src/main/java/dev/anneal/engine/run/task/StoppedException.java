package dev.anneal.engine.run.task;

import java.util.concurrent.CancellationException;

/** The task stopped on request, without a result. */
public final class StoppedException extends CancellationException {

    public StoppedException() {
        super("stopped on request");
    }
}
