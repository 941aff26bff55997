package dev.anneal.cli.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.LongConsumer;
import tools.jackson.databind.JsonNode;

/**
 * Downloads the files of an export into a folder. A file that is there with the right hash is kept, one that was cut off goes on where it
 * ended, and each is compared with the hash in the export before it gets its name.
 */
public final class ExportDownload {

    private static final String PARTIAL = ".part";

    private final AnnealApi api;
    private final Path folder;

    public ExportDownload(AnnealApi api, Path folder) {
        this.api = api;
        this.folder = folder;
    }

    /**
     * Downloads a file.
     *
     * @param file one of those that the export lists
     * @param received gets the bytes that are there so far
     * @throws ApiException if what arrived has another hash
     */
    public Path file(JsonNode file, LongConsumer received) throws IOException {
        Path target = folder.resolve(file.path("name").asString()).normalize();
        if (!target.startsWith(folder)) {
            throw new IOException("the export names a file outside of its folder: " + file.path("name"));
        }
        String hash = file.path("sha256").asString();
        if (Files.exists(target) && sha256(target).equals(hash)) {
            received.accept(Files.size(target));
            return target;
        }
        Files.createDirectories(target.getParent());
        Path partial = target.resolveSibling(target.getFileName() + PARTIAL);
        fetch(file, partial, received);
        if (!sha256(partial).equals(hash)) {
            Files.delete(partial);
            throw new ApiException(
                    200,
                    "hash_mismatch",
                    "%s arrived with another SHA-256 than the export names; try again".formatted(target));
        }
        return Files.move(partial, target, StandardCopyOption.REPLACE_EXISTING);
    }

    private void fetch(JsonNode file, Path partial, LongConsumer received) throws IOException {
        long bytes = file.path("bytes").asLong();
        long from = Files.exists(partial) ? Files.size(partial) : 0;
        if (from > bytes) {
            Files.delete(partial);
            from = 0;
        }
        if (from == bytes && bytes > 0) {
            return;
        }
        try (InputStream in = api.content(file.path("url").asString(), from);
                OutputStream out =
                        Files.newOutputStream(partial, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            byte[] buffer = new byte[1 << 16];
            long written = from;
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                out.write(buffer, 0, count);
                written += count;
                received.accept(written);
            }
        }
    }

    private static String sha256(Path file) throws IOException {
        MessageDigest digest = digest();
        try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
            in.transferTo(OutputStream.nullOutputStream());
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest digest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has it", e);
        }
    }
}
