package dev.anneal.service.storage;

import dev.anneal.service.platform.database.SystemDatabase;
import dev.anneal.service.platform.schedule.LocalChore;
import dev.anneal.service.platform.startup.StartRefusedException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The store in a folder, and who owns the store; the store in a bucket is configured in {@code storage.s3}. */
@Configuration(proxyBeanMethods = false)
class StorageConfiguration {

    private static final Logger LOG = LoggerFactory.getLogger(StorageConfiguration.class);
    private static final Duration ABANDONED_SWEEPS = Duration.ofHours(6);

    /** Longer than any write takes. */
    private static final Duration ABANDONED_AGE = Duration.ofDays(1);

    @Bean
    @ConditionalOnProperty(name = "anneal.storage.type", havingValue = "directory", matchIfMissing = true)
    ArtifactStore directoryArtifactStore(StorageProperties properties, StoreMeters meters) {
        return new ObservedArtifactStore(new DirectoryArtifactStore(Path.of(properties.directory())), meters);
    }

    /** Checks the owner of the store in every process before requests, sweeps and work begin. */
    @Bean
    StoreOwnership storeOwnership(
            JdbcClient jdbc, SystemDatabase system, ArtifactStore store, StorageProperties properties) {
        StoreOwnership ownership = new StoreOwnership(jdbc, system, store.marker(), properties.adoptFrom());
        UUID installation = ownership.claim();
        store.claimed(() -> ownership.objection(installation).map(StartRefusedException::getMessage));
        return ownership;
    }

    /** Runs in every process, because some remains are on the machine that used the store. */
    @Bean
    LocalChore abandonedSweep(ArtifactStore store, Clock clock) {
        return new LocalChore(ABANDONED_SWEEPS, () -> {
            try {
                store.deleteAbandoned(clock.instant().minus(ABANDONED_AGE));
            } catch (StorageException failure) {
                LOG.warn(
                        "Remains of dead processes stay in the artifact store until the next sweep: {}",
                        failure.getMessage());
            }
        });
    }
}
