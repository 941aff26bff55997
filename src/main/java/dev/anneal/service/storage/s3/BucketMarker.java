package dev.anneal.service.storage.s3;

import dev.anneal.service.storage.StorageException;
import dev.anneal.service.storage.StoreMarker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/** The marker of a store in a bucket: an object below the store's prefix. */
final class BucketMarker implements StoreMarker {

    /** The object exists, contrary to the condition. */
    private static final int PRECONDITION_FAILED = 412;

    private static final int NOT_IMPLEMENTED = 501;

    /** Another request for the same object was under way. */
    private static final int CONFLICT = 409;

    /** Enough for another process that writes the marker at the same time to finish. */
    private static final int MOST_TRIES = 10;

    private static final Duration BETWEEN_TRIES = Duration.ofMillis(300);

    private final Bucket bucket;

    BucketMarker(Bucket bucket) {
        this.bucket = bucket;
    }

    @Override
    public String place() {
        return bucket.place();
    }

    @Override
    public Optional<String> read() {
        return bucket.find(NAME, null, null).map(this::begin);
    }

    private String begin(ResponseInputStream<GetObjectResponse> content) {
        try (content) {
            byte[] bytes = content.readNBytes(MAX_BYTES);
            // Closing would read the rest of a large object.
            content.abort();
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (IOException failure) {
            throw new StorageException(
                    StorageException.Reason.FAILED,
                    "cannot read '%s' in %s: the answer broke off".formatted(NAME, place()),
                    failure);
        }
    }

    @Override
    public void create(String content) {
        for (int tries = 1; ; tries++) {
            try {
                put(content, "*");
                return;
            } catch (SdkException failure) {
                int status = S3Failures.status(failure);
                if (status == PRECONDITION_FAILED) {
                    return;
                }
                if (status == NOT_IMPLEMENTED) {
                    // The server does not support the condition.
                    replace(content);
                    return;
                }
                if (status != CONFLICT || tries == MOST_TRIES) {
                    throw bucket.failed("store", NAME, failure);
                }
            }
            pause();
        }
    }

    private void pause() {
        try {
            Thread.sleep(BETWEEN_TRIES.toMillis());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new StorageException(
                    StorageException.Reason.FAILED,
                    "cannot store '%s' in %s: interrupted".formatted(NAME, place()),
                    interrupted);
        }
    }

    @Override
    public void replace(String content) {
        bucket.asking("store", NAME, () -> put(content, null));
    }

    private Object put(String content, @Nullable String ifNoneMatch) {
        return bucket.client()
                .putObject(
                        request -> request.bucket(bucket.name())
                                .key(bucket.key(NAME))
                                .ifNoneMatch(ifNoneMatch),
                        Bucket.bodyOf(content.getBytes(StandardCharsets.UTF_8)));
    }
}
