package dev.anneal.service.storage.s3;

import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.CompletedPart;

/** A multipart upload of an object; aborted unless it is completed. Parts may come from several threads. */
final class MultipartUpload implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(MultipartUpload.class);

    private final Bucket bucket;
    private final String object;
    private final String id;
    private final Map<Integer, CompletedPart> parts = new ConcurrentSkipListMap<>();
    private boolean completed;

    MultipartUpload(Bucket bucket, String object) {
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
        parts.put(number, CompletedPart.builder().partNumber(number).eTag(tag).build());
    }

    void complete() {
        bucket.asking(
                "store",
                object,
                () -> bucket.client()
                        .completeMultipartUpload(request -> request.bucket(bucket.name())
                                .key(bucket.key(object))
                                .uploadId(id)
                                .multipartUpload(upload -> upload.parts(parts.values()))));
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
                    "An upload of '{}' that has failed could not be aborted; a rule of the bucket that aborts"
                            + " incomplete uploads does it later: {}",
                    object,
                    S3Failures.reasonOf(failure));
        }
    }
}
