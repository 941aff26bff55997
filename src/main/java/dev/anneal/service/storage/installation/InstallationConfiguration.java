package dev.anneal.service.storage.installation;

import dev.anneal.service.platform.database.SystemDatabase;
import dev.anneal.service.storage.ArtifactStore;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Every process that has a store looks whose it is before it does anything else with it: requests, sweeps and work begin when all beans are made. */
@Configuration(proxyBeanMethods = false)
class InstallationConfiguration {

    @Bean
    StoreOwnership storeOwnership(
            JdbcClient jdbc, SystemDatabase system, ArtifactStore store, AdoptionProperties properties) {
        StoreOwnership ownership = new StoreOwnership(jdbc, system, store.marker(), properties.adoptFrom());
        String marker = ownership.claim();
        store.claimed(found -> MarkerText.nameTheSame(marker, found));
        return ownership;
    }
}
