package dev.anneal.service.training.history;

import dev.anneal.service.access.quota.StoredBytes;
import dev.anneal.service.platform.database.Identifiers;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Makes the module's beans. */
@Configuration(proxyBeanMethods = false)
class HistoryConfiguration {

    @Bean
    Events events(Identifiers identifiers) {
        return new Events(identifiers);
    }

    @Bean
    Series series() {
        return new Series();
    }

    @Bean
    Samples samples() {
        return new Samples();
    }

    @Bean
    Checkpoints checkpoints(Identifiers identifiers, ObjectProvider<CheckpointUsage> usages) {
        return new Checkpoints(identifiers, usages);
    }

    @Bean
    StoredBytes checkpointBytes() {
        return StoredBytes.summedBy(Checkpoints.STORED_BYTES);
    }
}
