package dev.anneal.service.storage.s3;

import java.util.ArrayList;
import java.util.List;

/** Cuts objects into parts: S3 takes at most 10,000, each of at least 5 MiB except the last. */
final class PartSizes {

    private static final int LEAST = 8 << 20;
    private static final int MOST = 1 << 30;

    /** 64 MiB. */
    private static final int LARGEST_STREAMED = 3;

    private static final int COUNT = 10_000;

    private PartSizes() {}

    /**
     * A part of a file.
     *
     * @param number 1 for the first
     */
    record Part(int number, long first, long length) {}

    /**
     * Bytes of a part of a stream of unknown length. They grow slowly, because a part is held in memory: 10,000 parts
     * are half a terabyte.
     *
     * @param number 1 for the first
     */
    static int streamed(int number) {
        return LEAST << Math.min(number / 1_000, LARGEST_STREAMED);
    }

    /** The parts of a file; none if it is empty. */
    static List<Part> of(long bytes) {
        int size = (int) Math.min(MOST, Math.max(LEAST, bytes / COUNT + 1));
        List<Part> parts = new ArrayList<>();
        for (long first = 0; first < bytes; first += size) {
            parts.add(new Part(parts.size() + 1, first, Math.min(size, bytes - first)));
        }
        return parts;
    }
}
