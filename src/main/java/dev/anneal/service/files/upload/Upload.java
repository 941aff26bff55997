package dev.anneal.service.files.upload;

import dev.anneal.service.files.FilePurpose;
import dev.anneal.service.storage.ArtifactKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A file that arrives in parts.
 *
 * @param key internal key, for rows of its parts
 * @param bytes what the parts are together
 * @param fileExpiresAfter when the file deletes itself, counted from its completion; null for never
 * @param fileId id of the file; null until the upload is completed
 * @param partIds the parts that are the file, in their order; none until the upload is completed
 */
public record Upload(
        long key,
        String id,
        String tenantId,
        String filename,
        FilePurpose purpose,
        long bytes,
        UploadState state,
        Instant createdAt,
        Instant expiresAt,
        @Nullable Duration fileExpiresAfter,
        @Nullable String fileId,
        List<String> partIds) {

    public Upload {
        partIds = List.copyOf(partIds);
    }

    /** Where the parts lie in the store. */
    ArtifactKey folder() {
        return new ArtifactKey(tenantId).child("uploads").child(id);
    }
}
