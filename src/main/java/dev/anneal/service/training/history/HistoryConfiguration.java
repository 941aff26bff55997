package dev.anneal.service.training.history;

import dev.anneal.service.access.quota.StoredBytes;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Makes the module's beans. */
@Configuration(proxyBeanMethods = false)
class HistoryConfiguration {

    @Bean
    StoredBytes checkpointBytes() {
        return new StoredBytes("SELECT coalesce(sum(bytes), 0) FROM checkpoint WHERE tenant_id = :tenant");
    }
}
