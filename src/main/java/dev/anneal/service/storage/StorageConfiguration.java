package dev.anneal.service.storage;

import java.nio.file.Path;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Chooses the store. */
@Configuration(proxyBeanMethods = false)
class StorageConfiguration {

    @Bean
    ArtifactStore artifactStore(StorageProperties properties, Clock clock) {
        return new DirectoryArtifactStore(Path.of(properties.directory()), clock);
    }
}
