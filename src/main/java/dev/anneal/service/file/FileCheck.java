package dev.anneal.service.file;

import org.jspecify.annotations.Nullable;

/**
 * A check that this process does.
 *
 * @param validates whether the rows are checked, else their tokens are counted
 * @param attempts how often the check was begun, this time included
 */
record FileCheck(
        long id,
        String tenantId,
        long fileKey,
        String fileId,
        String fileStatus,
        boolean validates,
        @Nullable String modelId,
        @Nullable String tokenizer,
        @Nullable Integer maxLength,
        int attempts) {}
