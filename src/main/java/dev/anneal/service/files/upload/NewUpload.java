package dev.anneal.service.files.upload;

import dev.anneal.service.files.FilePurpose;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A file as its client announces it before the parts.
 *
 * @param expiresAfter when the file deletes itself, counted from its completion; null for never
 */
public record NewUpload(
        String filename,
        FilePurpose purpose,
        long bytes,
        @Nullable Duration expiresAfter) {}
