package dev.anneal.service.results.http;

import dev.anneal.service.access.web.BoundedCopy;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/** Writes a tar archive as its files come; its length is known before the first byte. */
final class TarWriter {

    private static final int BLOCK = TarConstants.DEFAULT_RCDSIZE;

    private final TarArchiveOutputStream out;
    private final Instant modified;

    /** @param modified time of all files */
    TarWriter(OutputStream target, Instant modified) {
        this.out = new TarArchiveOutputStream(target, StandardCharsets.UTF_8.name());
        // GNU tar and libarchive read sizes from 8 GiB on in base 256.
        this.out.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_STAR);
        this.modified = modified;
    }

    /** Bytes of an archive of files with these sizes. */
    static long size(long[] fileSizes) {
        return Arrays.stream(fileSizes)
                        .map(bytes -> BLOCK + (bytes + BLOCK - 1) / BLOCK * BLOCK)
                        .sum()
                + 2 * BLOCK;
    }

    /**
     * Adds a file.
     *
     * @param bytes its size, as {@code content} must have it
     * @throws IOException if the content ends earlier, or the reader goes away
     */
    void add(String name, long bytes, InputStream content) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name);
        entry.setSize(bytes);
        entry.setModTime(modified.getEpochSecond() * 1000);
        // Otherwise the user that runs the service.
        entry.setUserName("");
        out.putArchiveEntry(entry);
        BoundedCopy.copy(name, content, bytes, out);
        out.closeArchiveEntry();
    }

    /** Ends the archive. */
    void finish() throws IOException {
        out.finish();
        out.flush();
    }
}
