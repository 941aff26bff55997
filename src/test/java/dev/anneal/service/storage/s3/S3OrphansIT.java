package dev.anneal.service.storage.s3;

import dev.anneal.service.operations.retention.OrphanSweepContract;
import dev.anneal.service.storage.ArtifactStore;
import dev.anneal.service.storage.TestOwnership;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Orphans of a bucket. */
class S3OrphansIT extends OrphanSweepContract {

    @TempDir
    private Path machine;

    private ArtifactStore store;

    @BeforeEach
    void openStore() {
        store = S3Server.store(S3Server.properties(S3Server.endpoint(), S3Server.newBucket()), machine);
        TestOwnership.claim(store);
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    @Override
    protected ArtifactStore store() {
        return store;
    }
}
