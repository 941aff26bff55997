package dev.anneal.service.files.check;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A check that this process does.
 *
 * @param validates whether the rows are checked, else their tokens are counted
 * @param requestedAt when it was first asked for; what chat templates take for the present, so that a check done again counts the same
 * @param attempts how often the check was begun, this time included
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
