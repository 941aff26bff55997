package dev.anneal.service.storage.s3;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.CompletedPart;

/** An object that comes in parts. Nothing is left of it unless it is completed. Parts may come from several threads. */
final class Upload implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Upload.class);

    private final Bucket bucket;
    private final String object;
    private final String id;
    private final List<CompletedPart> parts = Collections.synchronizedList(new ArrayList<>());
    private boolean completed;

    Upload(Bucket bucket, String object) {
        this.bucket = bucket;
        this.object = object;
        this.id = bucket.asking(
                "store",
                object,
                () -> bucket.client()
                        .createMultipartUpload(request -> request.bucket(bucket.name())
                                .key(bucket.key(object))
                                .contentType("application/octet-stream"))
                        .uploadId());
    }

    /** @param number 1 for the first */
    void part(int number, RequestBody body) {
        String tag = bucket.asking(
                "store",
                object,
                () -> bucket.client()
                        .uploadPart(
                                request -> request.bucket(bucket.name())
                                        .key(bucket.key(object))
                                        .uploadId(id)
                                        .partNumber(number),
                                body)
                        .eTag());
        parts.add(CompletedPart.builder().partNumber(number).eTag(tag).build());
    }

    void complete() {
        List<CompletedPart> sorted;
        synchronized (parts) {
            sorted = parts.stream()
                    .sorted(Comparator.comparing(CompletedPart::partNumber))
                    .toList();
        }
        bucket.asking(
                "store",
                object,
                () -> bucket.client()
                        .completeMultipartUpload(request -> request.bucket(bucket.name())
                                .key(bucket.key(object))
                                .uploadId(id)
                                .multipartUpload(upload -> upload.parts(sorted))));
        completed = true;
    }

    @Override
    public void close() {
        if (completed) {
            return;
        }
        try {
            bucket.client()
                    .abortMultipartUpload(request -> request.bucket(bucket.name())
                            .key(bucket.key(object))
                            .uploadId(id));
        } catch (SdkException failure) {
            LOG.warn(
                    "An upload of '{}' that has failed could not be aborted; a rule of the bucket that aborts incomplete uploads does it later: {}",
                    object,
                    Failures.reasonOf(failure));
        }
    }
}
