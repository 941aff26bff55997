package dev.anneal.service.platform.outbound;

import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Which addresses may be called on behalf of clients.
 *
 * @param allowedAddresses addresses and networks (CIDR) allowed in addition to public ones
 */
@ConfigurationProperties("anneal.outbound")
record OutboundProperties(@DefaultValue List<String> allowedAddresses) {

    OutboundProperties {
        allowedAddresses = List.copyOf(allowedAddresses);
    }
}
