package dev.anneal.service.storage;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.SchedulingConfigurer;

/** The store in a folder; that in a bucket has a module of its own. */
@Configuration(proxyBeanMethods = false)
class StorageConfiguration {

    private static final Duration ABANDONED_SWEEPS = Duration.ofHours(6);

    @Bean
    @ConditionalOnProperty(name = "anneal.storage.type", havingValue = "directory", matchIfMissing = true)
    ArtifactStore directoryArtifactStore(StorageProperties properties, ObjectProvider<StoreListener> listeners) {
        return new ObservedArtifactStore(new DirectoryArtifactStore(Path.of(properties.directory())), listeners);
    }

    /** In every process: part of what a store leaves lies on the machine that it was used from. */
    @Bean
    SchedulingConfigurer abandonedSweeps(ArtifactStore store, Clock clock) {
        AbandonedSweep sweep = new AbandonedSweep(store, clock);
        return tasks -> tasks.addFixedDelayTask(sweep::runOnce, ABANDONED_SWEEPS);
    }
}
