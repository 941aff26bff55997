package dev.anneal.service.files.http;

import dev.anneal.service.files.upload.UploadPart;

/** A part of a file, as OpenAI's clients read it. */
record UploadPartBody(String id, String object, long createdAt, String uploadId) {

    static UploadPartBody of(UploadPart part) {
        return new UploadPartBody(part.id(), "upload.part", part.createdAt().getEpochSecond(), part.uploadId());
    }
}
