package dev.anneal.service.files.check;

/**
 * The rows of a file were checked, or its tokens were counted, successfully or not. Published after the result is committed, in the
 * process that found it; a listener that must not miss one also looks for itself.
 */
public record FileChecked(String tenantId, String fileId) {}
