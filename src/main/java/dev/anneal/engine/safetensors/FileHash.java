package dev.anneal.engine.safetensors;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 of files, as lower-case hexadecimal digits. */
public final class FileHash {

    private static final int BUFFER_BYTES = 1 << 20;

    private FileHash() {}

    /** Reads the whole file. */
    public static String of(Path file) throws IOException {
        MessageDigest digest = sha256();
        byte[] buffer = new byte[BUFFER_BYTES];
        try (InputStream content = Files.newInputStream(file)) {
            for (int read = content.read(buffer); read >= 0; read = content.read(buffer)) {
                digest.update(buffer, 0, read);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Hash of a text's UTF-8 form. */
    static String ofText(String text) {
        return HexFormat.of().formatHex(sha256().digest(text.getBytes(UTF_8)));
    }

    /**
     * As {@link #of}, but a file that was hashed before and has neither changed its size, its time nor its identity is not read again. What was
     * found is kept in {@code cache}, one small file for each.
     */
    static String remembered(Path file, Path cache) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        String identity = file.toRealPath() + "\n" + attributes.size() + "\n"
                + attributes.lastModifiedTime().toInstant() + "\n" + attributes.fileKey();
        Path entry = cache.resolve(ofText(identity));
        try {
            return Files.readString(entry, US_ASCII);
        } catch (NoSuchFileException e) {
            String hash = of(file);
            remember(entry, hash);
            return hash;
        }
    }

    private static void remember(Path entry, String hash) throws IOException {
        Path folder = Files.createDirectories(entry.resolveSibling("."));
        Path temporary = Files.createTempFile(folder, "new", null);
        Files.writeString(temporary, hash, US_ASCII);
        Files.move(temporary, entry, StandardCopyOption.ATOMIC_MOVE);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
