package dev.anneal.service.storage;

/** Size of content stored by {@link ArtifactStore#write}, and its SHA-256 in lower-case hexadecimal. */
public record StoredContent(long bytes, String sha256) {}
