package dev.anneal.engine.format.file;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Cache of file hashes. A file whose size, time and identity are unchanged is not read again.
 *
 * @param folder folder of the cache, with a small file for each hash; created on first use
 */
public record HashMemory(Path folder) {

    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

    /** SHA-256 of a file, cached or computed. */
    public String of(Path file) throws IOException {
        Path entry = folder.resolve(Sha256.ofText(identity(file)));
        String known = read(entry);
        if (HASH.matcher(known).matches()) {
            return known;
        }
        String hash = Sha256.of(file);
        remember(entry, hash);
        return hash;
    }

    private static String identity(Path file) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        return file.toRealPath() + "\n" + attributes.size() + "\n"
                + attributes.lastModifiedTime().toInstant() + "\n" + attributes.fileKey();
    }

    /** Null if there is no entry. */
    private static String read(Path entry) throws IOException {
        try {
            return Files.readString(entry, US_ASCII);
        } catch (NoSuchFileException e) {
            return "";
        }
    }

    private void remember(Path entry, String hash) throws IOException {
        PrivateFiles.createFolders(folder);
        Path temporary = folder.resolve("new-" + UUID.randomUUID());
        try {
            DurableFiles.write(temporary, hash.getBytes(US_ASCII));
            DurableFiles.rename(temporary, entry);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }
}
