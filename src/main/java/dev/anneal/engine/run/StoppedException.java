package dev.anneal.engine.run;

/** The task was asked to stop, and did so without a result. */
final class StoppedException extends RuntimeException {

    StoppedException() {
        super("stopped on request");
    }
}
