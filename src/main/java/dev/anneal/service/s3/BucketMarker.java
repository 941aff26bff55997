package dev.anneal.service.s3;

import dev.anneal.service.storage.StorageException;
import dev.anneal.service.storage.StoreMarker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/** The marker of a bucket, or of what lies behind a prefix in it: an object. */
final class BucketMarker implements StoreMarker {

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
        try (ResponseInputStream<GetObjectResponse> content = bucket.client()
                .getObject(request -> request.bucket(bucket.name()).key(bucket.key(NAME)))) {
            byte[] bytes = content.readNBytes(MAX_BYTES);
            // Closing would read all the rest of something large.
            content.abort();
            return Optional.of(new String(bytes, StandardCharsets.UTF_8));
        } catch (SdkException failure) {
            if (Failures.isMissing(failure)) {
                return Optional.empty();
            }
            throw bucket.failed("read", NAME, failure);
        } catch (IOException failure) {
            throw new StorageException(
                    StorageException.Kind.FAILED,
                    "cannot read '%s' in %s: the answer broke off".formatted(NAME, place()),
                    failure);
        }
    }

    @Override
    public void create(String content) {
        try {
            put(content, "*");
        } catch (SdkException failure) {
            if (Failures.isConditional(failure)) {
                // Another process was first, or is at it.
                return;
            }
            if (!Failures.isUnknownToTheServer(failure)) {
                throw bucket.failed("store", NAME, failure);
            }
            replace(content);
        }
    }

    @Override
    public void replace(String content) {
        bucket.asking("store", NAME, () -> put(content, null));
    }

    private Object put(String content, @Nullable String ifNoneMatch) {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        return bucket.client()
                .putObject(
                        request -> request.bucket(bucket.name())
                                .key(bucket.key(NAME))
                                .ifNoneMatch(ifNoneMatch),
                        Bucket.bodyOf(bytes, bytes.length));
    }
}
