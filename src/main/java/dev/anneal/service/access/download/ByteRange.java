package dev.anneal.service.access.download;

import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpRange;

/**
 * A part of a file.
 *
 * @param first its first byte
 * @param length its number of bytes
 */
public record ByteRange(long first, long length) {

    /**
     * The part that a Range header requests; the whole file without a header or with an unsupported one (several
     * ranges, other units), as RFC 9110 allows.
     *
     * @throws Refusal {@code range_not_satisfiable} if it begins after the file's end
     */
    public static ByteRange of(@Nullable String header, long size) {
        List<HttpRange> ranges = ranges(header);
        if (ranges.size() != 1) {
            return new ByteRange(0, size);
        }
        long first = ranges.get(0).getRangeStart(size);
        if (first >= size) {
            throw new Refusal(
                    RefusalCode.RANGE_NOT_SATISFIABLE,
                    "The range '" + header + "' does not lie within the file, which has " + size + " bytes.",
                    "Range");
        }
        return new ByteRange(first, ranges.get(0).getRangeEnd(size) - first + 1);
    }

    private static List<HttpRange> ranges(@Nullable String header) {
        try {
            return HttpRange.parseRanges(header);
        } catch (IllegalArgumentException unsupported) {
            return List.of();
        }
    }

    /** The value of the Content-Range header. */
    public String contentRange(long size) {
        return "bytes " + first + "-" + (first + length - 1) + "/" + size;
    }
}
