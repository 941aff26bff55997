package dev.anneal.service.files.upload;

import java.time.Instant;

/** A part that is stored. Its place in the file is said when the upload is completed. */
public record UploadPart(String id, String uploadId, Instant createdAt, long bytes) {}
