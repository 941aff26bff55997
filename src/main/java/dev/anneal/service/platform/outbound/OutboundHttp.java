package dev.anneal.service.platform.outbound;

import dev.anneal.service.platform.schedule.DaemonThreads;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.springframework.boot.http.client.InetAddressFilter;
import org.springframework.stereotype.Component;

/** Creates clients for outbound requests, and closes them when it is closed. */
@Component
public final class OutboundHttp implements AutoCloseable {

    /** IPv6 addresses that hold an IPv4 address (RFC 4291 2.5.5.1, deprecated): no public host has one. */
    private static final String IPV4_COMPATIBLE = "::/96";

    private final InetAddressFilter strangers;
    private final List<Transport> transports = new CopyOnWriteArrayList<>();
    private final ScheduledExecutorService deadlines =
            Executors.newSingleThreadScheduledExecutor(DaemonThreads.named("outbound-deadlines"));

    public OutboundHttp(OutboundProperties properties) {
        strangers = InetAddressFilter.externalAddresses()
                .andNot(IPV4_COMPATIBLE)
                .or(properties.allowedAddresses().toArray(String[]::new));
    }

    /**
     * For hosts that clients name: connects only to public and allowed addresses, without a proxy, and follows no
     * redirects.
     */
    public OutboundClient toStrangers(OutboundLimits limits) {
        Transport transport = kept(Transport.toStrangers(strangers, limits, deadlines));
        return new OutboundClient(null, transport, transport, 0);
    }

    /**
     * For a host that the operator has configured, at any address, and by the JVM's proxy if there is one
     * ({@code https.proxyHost}).
     *
     * @param base scheme, host and port of all requests
     * @param redirects maximum number of redirects of a request; a redirect to another host is treated as to a stranger
     *     and gets no header that could hold a credential
     */
    public OutboundClient toConfigured(URI base, OutboundLimits limits, int redirects) {
        return new OutboundClient(
                base,
                kept(Transport.toConfigured(limits, deadlines)),
                kept(Transport.toStrangers(strangers, limits, deadlines)),
                redirects);
    }

    private Transport kept(Transport transport) {
        transports.add(transport);
        return transport;
    }

    @Override
    public void close() throws IOException {
        deadlines.shutdownNow();
        for (Transport transport : transports) {
            transport.close();
        }
    }
}
