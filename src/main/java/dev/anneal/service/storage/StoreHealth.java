package dev.anneal.service.storage;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.stereotype.Component;

/** Whether the store answers. */
@Component("artifactStoreHealthIndicator")
final class StoreHealth extends AbstractHealthIndicator {

    private final ArtifactStore store;

    StoreHealth(ArtifactStore store) {
        super("the artifact store does not answer");
        this.store = store;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        store.check();
        builder.up();
    }
}
