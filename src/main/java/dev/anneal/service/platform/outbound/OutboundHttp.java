package dev.anneal.service.platform.outbound;

import dev.anneal.service.platform.schedule.DaemonThreads;
import java.net.URI;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.springframework.boot.http.client.InetAddressFilter;
import org.springframework.stereotype.Component;

/** Makes the clients for requests to the outside. Whoever asks for one closes it. */
@Component
public final class OutboundHttp implements AutoCloseable {

    private final InetAddressFilter strangers;
    private final ScheduledExecutorService deadlines =
            Executors.newSingleThreadScheduledExecutor(DaemonThreads.named("outbound-deadlines"));

    public OutboundHttp(OutboundProperties properties) {
        strangers = InetAddressFilter.externalAddresses()
                .or(properties.allowedAddresses().toArray(String[]::new));
    }

    /** For hosts that clients name: connects to public and allowed addresses alone, and follows no redirect. */
    public OutboundClient toStrangers(OutboundLimits limits) {
        Transport transport = new Transport(strangers, limits, deadlines);
        return new OutboundClient(null, transport, transport, 0);
    }

    /**
     * For a host that the operator has configured, whatever its address is, and no other one.
     *
     * @param base scheme, host and port of all requests
     * @param redirects how many redirects a request may follow; where one leads to another host, that is a stranger's, and gets no header that
     *     could hold a credential
     */
    public OutboundClient toConfigured(URI base, OutboundLimits limits, int redirects) {
        return new OutboundClient(
                base,
                new Transport(InetAddressFilter.all(), limits, deadlines),
                new Transport(strangers, limits, deadlines),
                redirects);
    }

    @Override
    public void close() {
        deadlines.shutdownNow();
    }
}
