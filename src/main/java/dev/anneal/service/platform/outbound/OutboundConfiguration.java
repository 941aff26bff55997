package dev.anneal.service.platform.outbound;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The factory of all HTTP clients of the service. */
@Configuration(proxyBeanMethods = false)
class OutboundConfiguration {

    @Bean
    OutboundHttp outboundHttp(OutboundProperties properties) {
        try {
            return new OutboundHttp(properties.allowedAddresses());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "anneal.outbound.allowed-addresses must be addresses and networks such as 10.1.0.0/16: "
                            + e.getMessage(),
                    e);
        }
    }
}
