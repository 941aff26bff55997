package dev.anneal.engine.run;

import java.util.concurrent.CancellationException;

/** The task stopped on request, without a result. */
final class StoppedException extends CancellationException {

    StoppedException() {
        super("stopped on request");
    }
}
