package dev.anneal.service.access.web;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/** The conditional headers of a download. */
record DownloadHeaders(
        @Nullable String range,
        @Nullable String ifRange,
        @Nullable String ifNoneMatch) {

    static DownloadHeaders of(HttpServletRequest request) {
        return new DownloadHeaders(
                request.getHeader(HttpHeaders.RANGE),
                request.getHeader(HttpHeaders.IF_RANGE),
                request.getHeader(HttpHeaders.IF_NONE_MATCH));
    }

    /** Whether the client has the content with this entity tag. */
    boolean hasAlready(String tag) {
        return ifNoneMatch != null
                && Arrays.stream(ifNoneMatch.split(",", -1))
                        .map(String::strip)
                        .anyMatch(candidate ->
                                candidate.equals("*") || candidate.equals(tag) || candidate.equals("W/" + tag));
    }

    /** The requested part; the whole content if the client holds the beginning of other content. */
    ByteRange range(String tag, long size) {
        return ByteRange.of(ifRange == null || ifRange.equals(tag) ? range : null, size);
    }
}
