package dev.anneal.service.files.http;

import dev.anneal.service.files.StoredFile;
import dev.anneal.service.files.upload.Upload;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The object {@code upload}: a file uploaded in parts.
 *
 * @param file null until the upload is completed
 */
record UploadBody(
        String id,
        String object,
        long bytes,
        Instant createdAt,
        Instant expiresAt,
        String filename,
        String purpose,
        String status,
        @Nullable FileBody file) {

    static UploadBody of(Upload upload, Optional<StoredFile> file) {
        return new UploadBody(
                upload.id(),
                "upload",
                upload.bytes(),
                upload.createdAt(),
                upload.expiresAt(),
                upload.filename(),
                upload.purpose().wireName(),
                upload.state().wireName(),
                file.map(FileBody::of).orElse(null));
    }
}
