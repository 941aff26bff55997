package dev.anneal.service.fileapi;

import dev.anneal.service.file.StoredFile;
import dev.anneal.service.storage.ArtifactStore;
import dev.anneal.service.web.ByteRange;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;

/**
 * Writes the content of a file, or the part that was asked for. It goes to the response directly, whatever type the client accepts:
 * SDKs say {@code application/binary}, which is no type of anything.
 */
@Component
final class FileDownload {

    private static final int BUFFER_BYTES = 1 << 16;

    private final ArtifactStore store;

    FileDownload(ArtifactStore store) {
        this.store = store;
    }

    void write(StoredFile file, @Nullable String rangeHeader, HttpServletResponse response) throws IOException {
        ByteRange range = ByteRange.of(rangeHeader, file.bytes());
        try (InputStream content = store.open(file.content(), range.first())) {
            describe(file, range, rangeHeader != null, response);
            copy(content, range.length(), response.getOutputStream());
        }
    }

    private static void describe(StoredFile file, ByteRange range, boolean isPart, HttpServletResponse response) {
        if (isPart && range.length() < file.bytes()) {
            response.setStatus(HttpServletResponse.SC_PARTIAL_CONTENT);
            response.setHeader(HttpHeaders.CONTENT_RANGE, range.contentRange(file.bytes()));
        }
        response.setContentType(MediaType.APPLICATION_OCTET_STREAM_VALUE);
        response.setContentLengthLong(range.length());
        response.setHeader(HttpHeaders.ACCEPT_RANGES, "bytes");
        response.setHeader(HttpHeaders.ETAG, "\"" + file.sha256() + "\"");
        response.setHeader(
                HttpHeaders.CONTENT_DISPOSITION,
                ContentDisposition.attachment()
                        .filename(file.filename(), StandardCharsets.UTF_8)
                        .build()
                        .toString());
    }

    private static void copy(InputStream content, long length, OutputStream target) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        for (long rest = length; rest > 0; ) {
            int count = content.read(buffer, 0, (int) Math.min(buffer.length, rest));
            if (count < 0) {
                throw new IOException("the stored content ends " + rest + " bytes early");
            }
            target.write(buffer, 0, count);
            rest -= count;
        }
    }
}
