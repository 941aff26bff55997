package dev.anneal.service.files;

import dev.anneal.service.storage.StoredContent;

/** An upload whose content is stored, but whose other form fields may still be missing. */
public record ReceivedFile(String tenantId, String id, String filename, StoredContent content) {}
