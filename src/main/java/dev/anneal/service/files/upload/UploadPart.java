package dev.anneal.service.files.upload;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;

/** A stored part, as the API shows it. Completing the upload decides its place in the file. */
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
