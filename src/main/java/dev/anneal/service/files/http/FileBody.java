package dev.anneal.service.files.http;

import dev.anneal.engine.text.rows.ValidationReport;
import dev.anneal.service.files.StoredFile;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The object {@code file}.
 *
 * @param statusDetails why {@code status} is {@code error}
 */
record FileBody(
        String id,
        String object,
        long bytes,
        Instant createdAt,
        @Nullable Instant expiresAt,
        String filename,
        String purpose,
        String status,
        @Nullable String statusDetails,
        Anneal anneal) {

    /**
     * Fields in addition to OpenAI's.
     *
     * @param validationReport report on training data; null before the check, and in lists
     */
    record Anneal(String sha256, @Nullable ValidationReport validationReport) {}

    static FileBody of(StoredFile file) {
        return new FileBody(
                file.id(),
                "file",
                file.bytes(),
                file.createdAt(),
                file.expiresAt(),
                file.filename(),
                file.purpose().wireName(),
                file.status().wireName(),
                file.statusDetails(),
                new Anneal(file.sha256(), file.report()));
    }
}
