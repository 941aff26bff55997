package dev.anneal.service.files;

import dev.anneal.engine.text.rows.ValidationReport;
import dev.anneal.service.storage.ArtifactKey;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A file of a tenant.
 *
 * @param key internal key, for rows that refer to the file
 * @param id the id that clients use
 * @param statusDetails why the file is in {@link FileStatus#ERROR}, otherwise null
 * @param report report on a file of training data; null before the check, for other purposes, and in lists
 */
public record StoredFile(
        long key,
        String id,
        String tenantId,
        String filename,
        FilePurpose purpose,
        long bytes,
        String sha256,
        FileStatus status,
        @Nullable String statusDetails,
        Instant createdAt,
        @Nullable Instant expiresAt,
        @Nullable ValidationReport report) {

    /** Key of the content in the store. */
    public ArtifactKey content() {
        return ArtifactKey.ofFile(tenantId, id);
    }
}
