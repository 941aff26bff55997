package dev.anneal.service.storage;

import java.nio.file.Path;

/** Gives tests of other modules the store that the application uses. */
public final class TestStores {

    private TestStores() {}

    public static ArtifactStore at(Path directory) {
        return new DirectoryArtifactStore(directory);
    }
}
