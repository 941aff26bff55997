package dev.anneal.service.storage;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** Whose a folder is. */
class DirectoryOwnershipIT extends StoreOwnershipContract {

    @TempDir
    private Path root;

    @Override
    protected ArtifactStore store() {
        return TestStores.at(root);
    }
}
