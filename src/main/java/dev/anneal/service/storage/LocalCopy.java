package dev.anneal.service.storage;

import java.nio.file.Path;

/**
 * A file or folder of the store on this machine, kept until this is closed.
 *
 * @param release called by {@link #close}
 */
public record LocalCopy(Path path, Runnable release) implements AutoCloseable {

    /** A copy that needs no release. */
    public static LocalCopy staying(Path path) {
        return new LocalCopy(path, () -> {});
    }

    @Override
    public void close() {
        release.run();
    }
}
