package dev.anneal.service.platform.outbound;

import dev.anneal.service.platform.schedule.DaemonThreads;
import java.net.URI;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.springframework.boot.http.client.InetAddressFilter;

/** Makes the clients for requests to the outside. Whoever asks for one closes it. */
public final class OutboundHttp implements AutoCloseable {

    /** IPv6 addresses that hold an IPv4 address (RFC 4291 2.5.5.1, deprecated): no public host has one. */
    private static final String IPV4_COMPATIBLE = "::/96";

    private final InetAddressFilter strangers;
    private final ScheduledExecutorService deadlines =
            Executors.newSingleThreadScheduledExecutor(DaemonThreads.named("outbound-deadlines"));

    /** @param allowedAddresses addresses and networks (CIDR) that requests to strangers may reach besides public ones */
    public OutboundHttp(List<String> allowedAddresses) {
        strangers = InetAddressFilter.externalAddresses()
                .andNot(IPV4_COMPATIBLE)
                .or(allowedAddresses.toArray(String[]::new));
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
