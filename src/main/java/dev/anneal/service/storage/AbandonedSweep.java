package dev.anneal.service.storage;

import java.time.Clock;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Deletes the remains of dead processes: partly written files, partly deleted folders, incomplete uploads to a bucket. */
final class AbandonedSweep {

    private static final Logger LOG = LoggerFactory.getLogger(AbandonedSweep.class);

    /** Longer than any write takes. */
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
                    "Remains of dead processes could not be deleted from the artifact store; the next sweep tries again: {}",
                    failure.getMessage());
        }
    }
}
