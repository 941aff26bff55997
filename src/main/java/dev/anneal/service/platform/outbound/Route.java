package dev.anneal.service.platform.outbound;

import java.io.IOException;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * By which transport an address is reached.
 *
 * @param base what the operator has configured; null where everything is a stranger's
 * @param configured for addresses below {@code base}
 * @param strangers for all others
 */
record Route(@Nullable URI base, Transport configured, Transport strangers) implements AutoCloseable {

    boolean isConfigured(URI uri) {
        return base != null && isSameOrigin(base, uri);
    }

    Transport to(URI uri) {
        return isConfigured(uri) ? configured : strangers;
    }

    static boolean isSameOrigin(URI one, URI other) {
        return one.getScheme().equalsIgnoreCase(other.getScheme())
                && String.valueOf(one.getHost()).equalsIgnoreCase(other.getHost())
                && port(one) == port(other);
    }

    static int port(URI uri) {
        if (uri.getPort() >= 0) {
            return uri.getPort();
        }
        return uri.getScheme().equalsIgnoreCase("https") ? 443 : 80;
    }

    @Override
    public void close() throws IOException {
        configured.close();
        strangers.close();
    }
}
