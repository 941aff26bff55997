package dev.anneal.cli.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.function.LongConsumer;
import org.apache.commons.codec.digest.DigestUtils;
import tools.jackson.databind.JsonNode;

/**
 * Downloads the files of an export into a folder. A file that is there with the right hash is kept, one that was cut
 * off goes on where it ended, and each is compared with the hash in the export before it gets its name.
 */
public final class ExportDownload {

    private static final String PARTIAL = ".part";

    private final AnnealApi api;
    private final Path folder;
    private final Patience patience;

    public ExportDownload(AnnealApi api, Path folder, Patience patience) {
        this.api = api;
        this.folder = folder;
        this.patience = patience;
    }

    /**
     * Downloads a file, and goes on after each outage.
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
        patience.ask(() -> fetch(file, partial, received));
        if (!sha256(partial).equals(hash)) {
            Files.delete(partial);
            throw new ApiException(
                    200,
                    "hash_mismatch",
                    "%s arrived with another SHA-256 than the export names; try again".formatted(target));
        }
        return Files.move(partial, target, StandardCopyOption.REPLACE_EXISTING);
    }

    /** The hash by which the service names content. */
    public static String sha256(Path file) throws IOException {
        return new DigestUtils(DigestUtils.getSha256Digest()).digestAsHex(file);
    }

    /** Fetches what the partial file lacks, and returns how much it holds. */
    private long fetch(JsonNode file, Path partial, LongConsumer received) {
        long bytes = file.path("bytes").asLong();
        try {
            long from = Files.exists(partial) ? Files.size(partial) : 0;
            if (from == bytes && bytes > 0) {
                return from;
            }
            AnnealApi.Content content = api.content(
                    file.path("url").asString(),
                    from < bytes ? from : 0,
                    file.path("sha256").asString());
            try (InputStream in = content.stream();
                    OutputStream out = Files.newOutputStream(
                            partial,
                            StandardOpenOption.CREATE,
                            content.first() > 0 ? StandardOpenOption.APPEND : StandardOpenOption.TRUNCATE_EXISTING,
                            StandardOpenOption.WRITE)) {
                return copy(in, out, content.first(), received);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static long copy(InputStream in, OutputStream out, long first, LongConsumer received) throws IOException {
        byte[] buffer = new byte[1 << 16];
        long written = first;
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            out.write(buffer, 0, count);
            written += count;
            received.accept(written);
        }
        return written;
    }
}
