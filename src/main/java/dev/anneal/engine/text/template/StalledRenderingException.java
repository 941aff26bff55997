package dev.anneal.engine.text.template;

import java.time.Duration;

/**
 * A rendering without progress. Probably the machine is at fault, and a retry on another machine or later may succeed.
 */
public final class StalledRenderingException extends RuntimeException {

    public StalledRenderingException(Duration after, long steps) {
        super("rendering with the model's chat template took more than %d s for %d steps"
                .formatted(after.toSeconds(), steps));
    }

    private StalledRenderingException(long line, StalledRenderingException cause) {
        super("line " + line + ": " + cause.getMessage(), cause);
    }

    /** This failure with the line of its row, from 1. */
    public StalledRenderingException atLine(long line) {
        return new StalledRenderingException(line, this);
    }
}
