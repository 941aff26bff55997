package dev.anneal.service.files.check;

/**
 * The rows of a file were checked, or its tokens were counted, successfully or not. Published after the result is
 * committed, only in the process that ran the check; listeners that must not miss one also poll.
 */
public record FileChecked(String tenantId, String fileId) {}
