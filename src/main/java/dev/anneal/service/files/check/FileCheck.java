package dev.anneal.service.files.check;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A check claimed by this process.
 *
 * @param validates whether the rows are validated; otherwise their tokens are counted
 * @param requestedAt time of the first request; also the current time for chat templates, so that a repeated check
 *     gives the same count
 * @param attempts number of attempts, including this one
 */
record FileCheck(
        long id,
        String tenantId,
        long fileKey,
        String fileId,
        String fileStatus,
        String sha256,
        boolean validates,
        @Nullable String modelId,
        @Nullable String tokenizer,
        @Nullable Integer maxLength,
        Instant requestedAt,
        int attempts) {}
