package dev.anneal.service.storage.s3;

import dev.anneal.service.storage.StorageException;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/** Addresses at which one object can be read for a while, and nothing else be done. */
final class DownloadAddresses implements AutoCloseable {

    /** A download that has begun goes on. */
    private static final Duration LIFETIME = Duration.ofMinutes(5);

    private final S3Presigner presigner;
    private final String bucket;

    DownloadAddresses(S3Presigner presigner, String bucket) {
        this.presigner = presigner;
        this.bucket = bucket;
    }

    /** @param contentDisposition which the answer has, with a type that no browser shows */
    URI of(String key, String contentDisposition) {
        try {
            return presigner
                    .presignGetObject(presign -> presign.signatureDuration(LIFETIME)
                            .getObjectRequest(request -> request.bucket(bucket)
                                    .key(key)
                                    .responseContentDisposition(contentDisposition)
                                    .responseContentType("application/octet-stream")))
                    .url()
                    .toURI();
        } catch (URISyntaxException | SdkException failure) {
            throw new StorageException(
                    StorageException.Kind.FAILED,
                    "an address of '" + key + "' cannot be signed: " + failure.getMessage(),
                    failure);
        }
    }

    @Override
    public void close() {
        presigner.close();
    }
}
