package dev.anneal.engine.run;

import java.util.concurrent.CancellationException;

/** The task was asked to stop, and did so without a result. */
final class StoppedException extends CancellationException {

    StoppedException() {
        super("stopped on request");
    }
}
