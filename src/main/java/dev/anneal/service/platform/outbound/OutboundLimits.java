package dev.anneal.service.platform.outbound;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Limits of a client.
 *
 * @param silence time limit for connecting, and for silence of the other side
 * @param deadline total time limit for a request; null for none, as for downloads
 * @param connections maximum number of open connections
 */
public record OutboundLimits(Duration silence, @Nullable Duration deadline, int connections) {

    /** Each request ends within {@code deadline}. */
    public static OutboundLimits within(Duration deadline, int connections) {
        return new OutboundLimits(deadline, deadline, connections);
    }
}
