package dev.anneal.service.outbound;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The source of every client that the service has. */
@Configuration(proxyBeanMethods = false)
class OutboundConfiguration {

    @Bean
    OutboundHttp outboundHttp(OutboundProperties properties) {
        return new OutboundHttp(properties.allowedAddresses());
    }
}
