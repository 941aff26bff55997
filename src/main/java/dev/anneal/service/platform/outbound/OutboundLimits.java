package dev.anneal.service.platform.outbound;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Bounds of a client.
 *
 * @param silence how long a connection may take, and the other side may say nothing
 * @param deadline how long a request may take in all; null for no bound, as for downloads
 * @param connections open at a time
 */
public record OutboundLimits(Duration silence, @Nullable Duration deadline, int connections) {

    /** Each request ends within {@code deadline}. */
    public static OutboundLimits within(Duration deadline, int connections) {
        return new OutboundLimits(deadline, deadline, connections);
    }
}
