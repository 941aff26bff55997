package dev.anneal.service.files.upload;

import dev.anneal.service.files.FilePurpose;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a client says of a file before it sends the parts.
 *
 * @param expiresAfter when the file deletes itself, counted from its completion; null for never
 */
public record NewUpload(
        String filename,
        FilePurpose purpose,
        long bytes,
        @Nullable Duration expiresAfter) {}
