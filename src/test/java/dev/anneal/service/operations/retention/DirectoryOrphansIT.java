package dev.anneal.service.operations.retention;

import dev.anneal.service.storage.ArtifactStore;
import dev.anneal.service.storage.TestOwnership;
import dev.anneal.service.storage.TestStores;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Orphans of a folder. */
class DirectoryOrphansIT extends OrphanSweepContract {

    @TempDir
    private Path root;

    private ArtifactStore store;

    @BeforeEach
    void openStore() {
        store = TestStores.at(root);
        TestOwnership.claim(store);
    }

    @Override
    protected ArtifactStore store() {
        return store;
    }
}
