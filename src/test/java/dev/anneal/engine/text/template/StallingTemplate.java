package dev.anneal.engine.text.template;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/** A chat template that the machine gets on with until it is told to stall. */
public final class StallingTemplate {

    private final AtomicLong nanos = new AtomicLong();
    private volatile boolean stalled;

    /** Every look at the clock is a minute and more after the one before. */
    public void stall() {
        stalled = true;
    }

    public ChatTemplate compile(String source) {
        return ChatTemplate.compile(
                source,
                Instant.EPOCH,
                () -> nanos.addAndGet(stalled ? Duration.ofSeconds(61).toNanos() : 0));
    }
}
