package dev.anneal.engine.template;

import java.time.Duration;

/** A rendering that made hardly any headway. The machine is at fault, not template or conversation: the same work may be done elsewhere, or later. */
public final class StalledRenderingException extends RuntimeException {

    public StalledRenderingException(Duration after, long steps) {
        super("rendering a chat template took more than %d s for %d steps; the machine is overloaded"
                .formatted(after.toSeconds(), steps));
    }
}
