package dev.anneal.service.files.upload;

import dev.anneal.service.files.FilePurpose;
import dev.anneal.service.storage.ArtifactKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A file uploaded in parts.
 *
 * @param key internal key, for rows of its parts
 * @param bytes announced total size of the parts
 * @param fileExpiresAfter how long after its completion the file is deleted; null for never
 * @param fileId id of the file; null until the upload is completed
 * @param partIds the file's parts, in order; empty until the upload is completed
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

    /** Folder of the parts in the store. */
    ArtifactKey folder() {
        return new ArtifactKey(tenantId).child("uploads").child(id);
    }
}
