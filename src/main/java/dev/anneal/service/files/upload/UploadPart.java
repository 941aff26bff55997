package dev.anneal.service.files.upload;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;

/** A stored part. Completing the upload decides its position in the file. */
public record UploadPart(
        String id,
        String uploadId,
        Instant createdAt,
        @JsonIgnore long bytes) {

    @JsonProperty
    String object() {
        return "upload.part";
    }
}
