package dev.anneal.service.storage;

import dev.anneal.engine.format.file.DiskFull;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A failed operation of the store. The message names the key. */
public final class StorageException extends RuntimeException {

    /** Kinds of failures that callers distinguish. */
    public enum Reason {
        /** There is nothing under the key. */
        NOT_FOUND,
        /** Content went beyond the limit given for it; nothing was stored. */
        TOO_LARGE,
        /** No space is left; nothing was stored, and existing content is unchanged. */
        FULL,
        /** The store is missing: its disk is not mounted, or another one is. */
        ABSENT,
        /** Any other failure of the disk or bucket. */
        FAILED
    }

    private final Reason kind;

    public StorageException(Reason kind, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    /** A failure of a disk of this machine. */
    public static StorageException of(String action, ArtifactKey key, IOException cause) {
        return ofDisk("cannot " + action + " '" + key + "': " + cause.getMessage(), cause);
    }

    /** Operation on files of a disk of this machine. */
    @FunctionalInterface
    public interface DiskAction {

        void run() throws IOException;
    }

    /**
     * Runs an operation on a disk of this machine.
     *
     * @throws StorageException if it fails
     */
    public static void onDisk(String action, ArtifactKey key, DiskAction body) {
        try {
            body.run();
        } catch (IOException exception) {
            throw of(action, key, exception);
        }
    }

    /** A failure of a disk of this machine. */
    static StorageException ofDisk(String message, IOException cause) {
        return new StorageException(DiskFull.isCauseOf(cause) ? Reason.FULL : Reason.FAILED, message, cause);
    }

    public static StorageException notFound(ArtifactKey key) {
        return new StorageException(Reason.NOT_FOUND, "nothing is stored under '" + key + "'", null);
    }

    public static StorageException tooLarge(ArtifactKey key, long maxBytes) {
        return new StorageException(
                Reason.TOO_LARGE, "'" + key + "' may have " + maxBytes + " bytes but its content goes on", null);
    }

    public Reason kind() {
        return kind;
    }

    /** Whether the store itself failed, rather than the request being at fault. */
    public boolean isOfTheStore() {
        return kind == Reason.FULL || kind == Reason.ABSENT || kind == Reason.FAILED;
    }
}
