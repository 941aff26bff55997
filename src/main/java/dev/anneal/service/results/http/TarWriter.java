package dev.anneal.service.results.http;

import dev.anneal.service.access.web.BoundedCopy;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;

/**
 * Writes a tar archive (POSIX ustar) as its files come. Sizes from 8 GiB on are written in base 256, as GNU tar and libarchive read
 * them.
 */
final class TarWriter {

    private static final int BLOCK = 512;
    private static final int NAME_BYTES = 100;
    private static final long LARGEST_OCTAL_SIZE = 077777777777L;

    private final OutputStream out;
    private final Instant modified;

    /** @param modified time that all files get */
    TarWriter(OutputStream out, Instant modified) {
        this.out = out;
        this.modified = modified;
    }

    /** Bytes of an archive of files with these sizes. */
    static long size(long[] fileSizes) {
        return Arrays.stream(fileSizes)
                        .map(bytes -> BLOCK + bytes + padding(bytes))
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
        out.write(header(name, bytes));
        BoundedCopy.copy(name, content, bytes, out);
        out.write(new byte[padding(bytes)]);
    }

    /** Ends the archive. */
    void finish() throws IOException {
        out.write(new byte[2 * BLOCK]);
        out.flush();
    }

    private static int padding(long bytes) {
        return (int) ((BLOCK - bytes % BLOCK) % BLOCK);
    }

    private byte[] header(String name, long bytes) {
        byte[] header = new byte[BLOCK];
        if (name.getBytes(StandardCharsets.UTF_8).length > NAME_BYTES) {
            throw new IllegalArgumentException(
                    "a file's name has at most " + NAME_BYTES + " bytes, but is '" + name + "'");
        }
        put(header, 0, name);
        put(header, 100, "0000644\0");
        put(header, 108, "0000000\0");
        put(header, 116, "0000000\0");
        putSize(header, bytes);
        put(header, 136, octal(11, modified.getEpochSecond()) + "\0");
        put(header, 148, "        ");
        header[156] = '0';
        put(header, 257, "ustar\0" + "00");
        put(header, 148, octal(6, checksum(header)) + "\0 ");
        return header;
    }

    private static void putSize(byte[] header, long bytes) {
        if (bytes <= LARGEST_OCTAL_SIZE) {
            put(header, 124, octal(11, bytes) + "\0");
            return;
        }
        header[124] = (byte) 0x80;
        for (int i = 0; i < 8; i++) {
            header[135 - i] = (byte) (bytes >>> (8 * i));
        }
    }

    /** Sum of the header's bytes, those of the checksum itself counted as spaces. */
    private static long checksum(byte[] header) {
        long sum = 0;
        for (byte value : header) {
            sum += value & 0xff;
        }
        return sum;
    }

    private static String octal(int digits, long value) {
        return String.format(Locale.ROOT, "%0" + digits + "o", value);
    }

    private static void put(byte[] header, int offset, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(bytes, 0, header, offset, bytes.length);
    }
}
