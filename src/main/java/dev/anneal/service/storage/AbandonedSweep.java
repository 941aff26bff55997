package dev.anneal.service.storage;

import java.time.Clock;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Clears away what processes that died were storing: half written files, folders half deleted, uploads to a bucket that nobody completes. */
final class AbandonedSweep {

    private static final Logger LOG = LoggerFactory.getLogger(AbandonedSweep.class);

    /** Longer than anything takes to be stored. */
    private static final Duration AGE = Duration.ofDays(1);

    private final ArtifactStore store;
    private final Clock clock;

    AbandonedSweep(ArtifactStore store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    void runOnce() {
        try {
            store.deleteAbandoned(clock.instant().minus(AGE));
        } catch (StorageException failure) {
            LOG.warn(
                    "What dead processes have left in the artifact store stays until the next sweep: {}",
                    failure.getMessage());
        }
    }
}
