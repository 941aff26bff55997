package dev.anneal.service.storage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Gives tests of other modules the store that the application uses. */
public final class TestStores {

    private TestStores() {}

    public static ArtifactStore at(Path directory) {
        try {
            Files.createDirectories(directory);
        } catch (IOException exception) {
            throw new UncheckedIOException(exception);
        }
        return new DirectoryArtifactStore(directory);
    }
}
