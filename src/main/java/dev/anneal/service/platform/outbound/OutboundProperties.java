package dev.anneal.service.platform.outbound;

import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.http.client.InetAddressFilter;

/**
 * Which addresses may be called on behalf of clients.
 *
 * @param allowedAddresses addresses and networks (CIDR) allowed in addition to public ones
 */
@ConfigurationProperties("anneal.outbound")
public record OutboundProperties(@DefaultValue List<String> allowedAddresses) {

    public OutboundProperties {
        allowedAddresses = List.copyOf(allowedAddresses);
        try {
            InetAddressFilter.of(allowedAddresses.toArray(String[]::new));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "anneal.outbound.allowed-addresses must hold addresses and networks, as 10.1.0.0/16: "
                            + e.getMessage());
        }
    }
}
