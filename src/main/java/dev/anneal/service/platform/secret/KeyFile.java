package dev.anneal.service.platform.secret;

import dev.anneal.engine.format.file.DurableFiles;
import dev.anneal.engine.format.file.PrivateFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;

/**
 * File with the key of an installation with the embedded database: created once beside it, and readable only by the
 * service's user.
 */
final class KeyFile {

    private static final FileAttribute<?> PRIVATE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private KeyFile() {}

    /** The entry in the file, which is created if it does not exist. */
    static String read(Path file) {
        try {
            if (!Files.exists(file)) {
                make(file);
            }
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new UncheckedIOException("the key in " + file + " cannot be read or made: " + e.getMessage(), e);
        }
    }

    /**
     * Renames the file into place once complete, so that processes that start at the same time read the same, complete
     * key.
     */
    private static void make(Path file) throws IOException {
        byte[] key = new byte[SealingKey.BYTES];
        new SecureRandom().nextBytes(key);
        PrivateFiles.createFolders(DurableFiles.parentOf(file));
        Path unfinished = Files.createTempFile(file.toAbsolutePath().getParent(), "secrets-", ".new", PRIVATE);
        try {
            Files.writeString(unfinished, "embedded:" + Base64.getEncoder().encodeToString(key) + "\n");
            Files.createLink(file, unfinished);
        } catch (FileAlreadyExistsException anotherProcessWasFirst) {
            return;
        } finally {
            Files.delete(unfinished);
        }
    }
}
