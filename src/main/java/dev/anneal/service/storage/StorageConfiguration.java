package dev.anneal.service.storage;

import java.nio.file.Path;
import java.time.Clock;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The store in a folder; that in a bucket has a module of its own. */
@Configuration(proxyBeanMethods = false)
class StorageConfiguration {

    @Bean
    @ConditionalOnProperty(name = "anneal.storage.type", havingValue = "directory", matchIfMissing = true)
    ArtifactStore directoryArtifactStore(
            StorageProperties properties, Clock clock, ObjectProvider<StoreListener> listeners) {
        return new ObservedArtifactStore(new DirectoryArtifactStore(Path.of(properties.directory()), clock), listeners);
    }

    /** Part of {@code /actuator/health}, but of no probe: restarting the service mends no store. */
    @Bean
    HealthIndicator artifactStoreHealthIndicator(ArtifactStore store) {
        return new StoreHealth(store);
    }
}
