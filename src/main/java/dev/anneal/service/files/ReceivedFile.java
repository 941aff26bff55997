package dev.anneal.service.files;

import dev.anneal.service.storage.StoredContent;

/** An upload whose content is stored and whose other parts may still be on their way. */
public record ReceivedFile(String tenantId, String id, String filename, StoredContent content) {}
