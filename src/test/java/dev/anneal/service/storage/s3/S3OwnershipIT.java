package dev.anneal.service.storage.s3;

import dev.anneal.service.storage.ArtifactStore;
import dev.anneal.service.storage.StoreOwnershipContract;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Whose a bucket is. */
class S3OwnershipIT extends StoreOwnershipContract {

    @TempDir
    private Path machine;

    private ArtifactStore store;

    @BeforeEach
    void openStore() {
        store = S3Server.store(S3Server.properties(S3Server.endpoint(), S3Server.newBucket()), machine);
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
