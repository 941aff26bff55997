package dev.anneal.service.access.download;

import dev.anneal.service.storage.ArtifactKey;
import dev.anneal.service.storage.ArtifactStore;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;

/**
 * Download of a stored file: whole, in part, or not at all if the client has it. Its entity tag is its SHA-256, so a
 * resumed download continues the same bytes.
 *
 * @param filename suggested name for the client
 */
public record Download(String filename, long bytes, String sha256) {

    /**
     * Writes to the response, or redirects the client to the store. The caller has checked that the client may read the
     * file. The Accept header is ignored, because SDKs send the unregistered {@code application/binary}.
     *
     * @throws IOException if the content ends early, or the client disconnects
     */
    public void write(HttpServletRequest request, HttpServletResponse response, ArtifactStore store, ArtifactKey key)
            throws IOException {
        String tag = "\"" + sha256 + "\"";
        response.setHeader(HttpHeaders.ETAG, tag);
        response.setHeader(HttpHeaders.ACCEPT_RANGES, "bytes");
        if (hasAlready(request, tag)) {
            response.setStatus(HttpServletResponse.SC_NOT_MODIFIED);
            return;
        }
        Optional<URI> elsewhere = mayFollow(request) ? store.downloadAddress(key, disposition()) : Optional.empty();
        if (elsewhere.isPresent()) {
            response.setStatus(HttpServletResponse.SC_FOUND);
            response.setHeader(HttpHeaders.LOCATION, elsewhere.get().toString());
            response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
            return;
        }
        String ifRange = request.getHeader(HttpHeaders.IF_RANGE);
        // A client that holds the beginning of other content gets the whole.
        ByteRange range = ByteRange.of(
                ifRange == null || ifRange.equals(tag) ? request.getHeader(HttpHeaders.RANGE) : null, bytes);
        try (InputStream content = store.open(key, range.first())) {
            describe(range, response);
            BoundedCopy.copy(filename, content, range.length(), response.getOutputStream());
        }
    }

    /**
     * Requests for the head alone are answered here, and those of scripts in pages, which browsers keep from other
     * origins.
     */
    private static boolean mayFollow(HttpServletRequest request) {
        return !HttpMethod.HEAD.matches(request.getMethod()) && !"cors".equals(request.getHeader("Sec-Fetch-Mode"));
    }

    /** Whether the client has the content with this entity tag. */
    private static boolean hasAlready(HttpServletRequest request, String tag) {
        String ifNoneMatch = request.getHeader(HttpHeaders.IF_NONE_MATCH);
        return ifNoneMatch != null
                && Arrays.stream(ifNoneMatch.split(",", -1))
                        .map(String::strip)
                        .anyMatch(Set.of("*", tag, "W/" + tag)::contains);
    }

    private void describe(ByteRange range, HttpServletResponse response) {
        if (range.length() < bytes) {
            response.setStatus(HttpServletResponse.SC_PARTIAL_CONTENT);
            response.setHeader(HttpHeaders.CONTENT_RANGE, range.contentRange(bytes));
        }
        response.setContentType(MediaType.APPLICATION_OCTET_STREAM_VALUE);
        response.setContentLengthLong(range.length());
        response.setHeader(HttpHeaders.CONTENT_DISPOSITION, disposition());
    }

    private String disposition() {
        return ContentDisposition.attachment()
                .filename(filename, StandardCharsets.UTF_8)
                .build()
                .toString();
    }
}
