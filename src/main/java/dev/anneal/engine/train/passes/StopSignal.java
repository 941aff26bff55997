package dev.anneal.engine.train.passes;

import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * Ends work within a step once the training is to stop, and reports its parts.
 *
 * @param stop checked before each part; once true, the work is abandoned
 * @param partDone called by any compute thread after each part but the last of a pass
 */
public record StopSignal(BooleanSupplier stop, Runnable partDone) {

    /**
     * Runs work that a stop of the training ends.
     *
     * @param work calls the given action after each of its parts, which ends it by a {@link CancellationException} once
     *     the training is to stop
     * @return empty if the training is to stop
     */
    public <T> Optional<T> attempt(Function<Runnable, T> work) {
        try {
            return Optional.of(work.apply(betweenParts()));
        } catch (CancellationException e) {
            if (!stop.getAsBoolean()) {
                throw e;
            }
            return Optional.empty();
        }
    }

    /** The action to be called before each part of one pass, a layer for example. */
    public Runnable betweenParts() {
        boolean[] begun = new boolean[1];
        return () -> {
            if (stop.getAsBoolean()) {
                throw new GivenUpException();
            }
            if (begun[0]) {
                partDone.run();
            }
            begun[0] = true;
        };
    }

    /** Leaves a pass from within a layer's thread. */
    private static final class GivenUpException extends CancellationException {

        GivenUpException() {
            super("the training is to stop");
        }
    }
}
