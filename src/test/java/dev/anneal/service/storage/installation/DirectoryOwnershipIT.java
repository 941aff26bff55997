package dev.anneal.service.storage.installation;

import dev.anneal.service.storage.ArtifactStore;
import dev.anneal.service.storage.TestStores;
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
