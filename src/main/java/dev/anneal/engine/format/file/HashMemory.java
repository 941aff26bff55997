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
 * Hashes of files that were read before. A file that has changed neither its size, its time nor its identity is not read again.
 *
 * @param folder where they are kept, one small file for each; made when the first is remembered
 */
public record HashMemory(Path folder) {

    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

    /** SHA-256 of a file, remembered or new. */
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

    /** Empty if nothing is remembered. */
    private static String read(Path entry) throws IOException {
        try {
            return Files.readString(entry, US_ASCII);
        } catch (NoSuchFileException e) {
            return "";
        }
    }

    private void remember(Path entry, String hash) throws IOException {
        Files.createDirectories(folder);
        Path temporary = folder.resolve("new-" + UUID.randomUUID());
        try {
            DurableFiles.write(temporary, hash.getBytes(US_ASCII));
            DurableFiles.rename(temporary, entry);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }
}
