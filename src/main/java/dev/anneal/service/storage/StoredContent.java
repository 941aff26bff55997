package dev.anneal.service.storage;

/** What {@link ArtifactStore#write} has stored: its size, and its SHA-256 in lower-case hexadecimal. */
public record StoredContent(long bytes, String sha256) {}
