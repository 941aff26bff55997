package dev.anneal.engine.network.peft;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Finds files in a tar archive (ustar, GNU or pax) without unpacking it. Folders in names are ignored, and no name is
 * ever used as a path. Skips links, devices, and entries for long names and attributes, so that it reads no more than a
 * header of each entry into memory, whatever sizes it claims.
 */
final class TarFiles {

    private static final int BLOCK = 512;
    private static final int MAX_ENTRIES = 10_000;
    private static final int NAME_BYTES = 100;
    private static final int SIZE_AT = 124;
    private static final int SIZE_BYTES = 12;
    private static final int CHECKSUM_AT = 148;
    private static final int CHECKSUM_BYTES = 8;
    private static final int TYPE_AT = 156;

    private TarFiles() {}

    /** Position of a file's content in the archive. */
    record Content(long begin, long size) {}

    /**
     * Finds the files with one of the names, in any folder.
     *
     * @throws PeftException if this is not a tar archive, or a name occurs twice
     */
    static Map<String, Content> find(Path archive, Set<String> names) throws IOException {
        Map<String, Content> found = new LinkedHashMap<>();
        try (FileChannel channel = FileChannel.open(archive, StandardOpenOption.READ)) {
            long position = 0;
            int entries = 0;
            byte[] header = header(channel, position);
            while (!isEnd(header)) {
                requireHeader(header, position);
                long size = octal(header, SIZE_AT, SIZE_BYTES);
                long begin = position + BLOCK;
                if (size > channel.size() - begin) {
                    throw new PeftException("the archive's entry '%s' has %d bytes but the archive ends after %d"
                            .formatted(name(header), size, channel.size() - begin));
                }
                if (isFile(header) && names.contains(name(header))) {
                    add(found, name(header), new Content(begin, size));
                }
                if (++entries > MAX_ENTRIES) {
                    throw new PeftException("the archive has more than " + MAX_ENTRIES + " entries");
                }
                position = begin + (size + BLOCK - 1) / BLOCK * BLOCK;
                header = header(channel, position);
            }
        }
        return found;
    }

    private static void add(Map<String, Content> found, String name, Content content) {
        if (found.putIfAbsent(name, content) != null) {
            throw new PeftException(
                    "the archive holds two files named '" + name + "'; pack one adapter's folder alone");
        }
    }

    /** Reads a header; a block of zeros at the end of the archive, whose last blocks some writers omit. */
    private static byte[] header(FileChannel channel, long position) throws IOException {
        if (position >= channel.size() && position > 0) {
            return new byte[BLOCK];
        }
        return read(channel, position, BLOCK).array();
    }

    /** @throws PeftException if the archive ends earlier */
    static ByteBuffer read(FileChannel channel, long position, int count) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(count);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, position + buffer.position()) < 0) {
                throw new PeftException(
                        "the archive ends in the middle of an entry, after " + channel.size() + " bytes",
                        new EOFException());
            }
        }
        return buffer.flip();
    }

    private static boolean isEnd(byte[] header) {
        for (byte value : header) {
            if (value != 0) {
                return false;
            }
        }
        return true;
    }

    private static void requireHeader(byte[] header, long position) {
        if (position == 0 && (header[0] & 0xff) == 0x1f && (header[1] & 0xff) == 0x8b) {
            throw new PeftException("the archive is compressed with gzip; send it as a plain tar, without -z");
        }
        if (position == 0 && header[0] == 'P' && header[1] == 'K') {
            throw new PeftException(
                    "the archive is a zip; send the adapter's folder as a tar (tar cf adapter.tar -C FOLDER .)");
        }
        long sum = 0;
        for (int at = 0; at < BLOCK; at++) {
            boolean isChecksum = at >= CHECKSUM_AT && at < CHECKSUM_AT + CHECKSUM_BYTES;
            sum += isChecksum ? ' ' : header[at] & 0xff;
        }
        if (sum != octal(header, CHECKSUM_AT, CHECKSUM_BYTES)) {
            throw new PeftException("no tar archive: the entry at byte " + position
                    + " has a wrong checksum; send the adapter's folder as a tar (tar cf adapter.tar -C FOLDER .)");
        }
    }

    private static boolean isFile(byte[] header) {
        return header[TYPE_AT] == '0' || header[TYPE_AT] == 0;
    }

    /** The last part of the entry's name. */
    private static String name(byte[] header) {
        int end = 0;
        while (end < NAME_BYTES && header[end] != 0) {
            end++;
        }
        String name = new String(header, 0, end, StandardCharsets.UTF_8);
        return name.substring(name.lastIndexOf('/') + 1);
    }

    /** Octal digits, or base 256 behind a byte 0x80 as GNU tar writes sizes from 8 GiB on. */
    private static long octal(byte[] header, int from, int length) {
        if ((header[from] & 0xff) == 0x80) {
            return base256(header, from + 1, from + length);
        }
        long value = 0;
        for (int at = from; at < from + length; at++) {
            if (header[at] >= '0' && header[at] <= '7') {
                value = value * 8 + header[at] - '0';
            } else if (header[at] != ' ' && header[at] != 0) {
                throw new PeftException("no tar archive: an entry's header holds the byte " + header[at]
                        + " where a number must stand");
            }
        }
        return value;
    }

    private static long base256(byte[] header, int from, int to) {
        long value = 0;
        for (int at = from; at < to; at++) {
            if (value > Long.MAX_VALUE >> 9) {
                throw new PeftException("an entry of the archive claims more bytes than any file has");
            }
            value = (value << 8) | (header[at] & 0xff);
        }
        return value;
    }
}
