package dev.anneal.engine.text.template;

import java.time.Duration;

/** A rendering that made hardly any headway. Most likely the machine is at fault, and the same work may be done elsewhere, or later. */
public final class StalledRenderingException extends RuntimeException {

    public StalledRenderingException(Duration after, long steps) {
        super("rendering with the model's chat template took more than %d s for %d steps"
                .formatted(after.toSeconds(), steps));
    }

    private StalledRenderingException(long line, StalledRenderingException cause) {
        super("line " + line + ": " + cause.getMessage(), cause);
    }

    /** This failure at a row of a file, counted from 1. */
    public StalledRenderingException atLine(long line) {
        return new StalledRenderingException(line, this);
    }
}
