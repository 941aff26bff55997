package dev.anneal.service.results.http;

import dev.anneal.service.access.download.BoundedCopy;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/** Streams a tar archive whose length is known in advance. */
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
     * @param bytes exact size of {@code content}
     * @throws IOException if the content ends early or the reader disconnects
     */
    void add(String name, long bytes, InputStream content) throws IOException {
        TarArchiveEntry entry = new TarArchiveEntry(name);
        entry.setSize(bytes);
        entry.setModTime(modified.getEpochSecond() * 1000);
        // The default is the user that runs the service.
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
