package dev.anneal.service.access.download;

import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A part of a file.
 *
 * @param first its first byte
 * @param length its number of bytes
 */
public record ByteRange(long first, long length) {

    private static final Pattern SINGLE = Pattern.compile("bytes=(\\d{0,18})-(\\d{0,18})");

    /**
     * The part that a Range header requests; the whole file without a header or with an unsupported one (several
     * ranges, other units), as RFC 9110 allows.
     *
     * @throws Refusal {@code range_not_satisfiable} if it begins after the file's end
     */
    public static ByteRange of(@Nullable String header, long size) {
        Matcher range = SINGLE.matcher(header == null ? "" : header.strip());
        if (!range.matches() || (range.group(1).isEmpty() && range.group(2).isEmpty())) {
            return new ByteRange(0, size);
        }
        long first = range.group(1).isEmpty()
                ? Math.max(0, size - Long.parseLong(range.group(2)))
                : Long.parseLong(range.group(1));
        long last = range.group(1).isEmpty() || range.group(2).isEmpty()
                ? size - 1
                : Math.min(size - 1, Long.parseLong(range.group(2)));
        if (last < first && first < size && !range.group(1).isEmpty()) {
            // A range that ends before it begins is invalid.
            return new ByteRange(0, size);
        }
        if (first >= size || last < first) {
            throw new Refusal(
                    RefusalCode.RANGE_NOT_SATISFIABLE,
                    "The range '" + header + "' does not lie within the file, which has " + size + " bytes.",
                    "Range");
        }
        return new ByteRange(first, last - first + 1);
    }

    /** The value of the Content-Range header. */
    public String contentRange(long size) {
        return "bytes " + first + "-" + (first + length - 1) + "/" + size;
    }
}
