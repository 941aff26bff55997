package dev.anneal.service.storage.s3;

import java.util.ArrayList;
import java.util.List;

/** How objects are cut into parts: S3 takes at most 10,000, of at least 5 MiB but for the last. */
final class Parts {

    private static final int LEAST = 8 << 20;
    private static final int MOST = 1 << 30;

    /** 64 MiB. */
    private static final int LARGEST_STREAMED = 3;

    private static final int COUNT = 10_000;

    private Parts() {}

    /**
     * A part of a file.
     *
     * @param number 1 for the first
     */
    record Part(int number, long first, long length) {

        /** The value of a Range header. */
        String range() {
            return "bytes=" + first + "-" + (first + length - 1);
        }
    }

    /**
     * Bytes of a part of a stream, of which nobody knows how long it will be. They grow slowly, because one is in memory: 10,000 parts are half a terabyte.
     *
     * @param number 1 for the first
     */
    static int streamed(int number) {
        return LEAST << Math.min(number / 1_000, LARGEST_STREAMED);
    }

    /** Bytes of a part where the whole may have so many. */
    static int sizeFor(long bytes) {
        return (int) Math.min(MOST, Math.max(LEAST, bytes / COUNT + 1));
    }

    /** The parts of a file; none if it is empty. */
    static List<Part> of(long bytes) {
        int size = sizeFor(bytes);
        List<Part> parts = new ArrayList<>();
        for (long first = 0; first < bytes; first += size) {
            parts.add(new Part(parts.size() + 1, first, Math.min(size, bytes - first)));
        }
        return parts;
    }
}
