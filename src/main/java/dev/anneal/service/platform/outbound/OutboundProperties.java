package dev.anneal.service.platform.outbound;

import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The addresses that clients may name.
 *
 * @param allowedAddresses addresses and networks (CIDR) besides the public ones
 */
@ConfigurationProperties("anneal.outbound")
record OutboundProperties(@DefaultValue List<String> allowedAddresses) {

    OutboundProperties {
        allowedAddresses = List.copyOf(allowedAddresses);
    }
}
