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

/** The marker of a bucket, or of what lies behind a prefix in it: an object. */
final class BucketMarker implements StoreMarker {

    /** Another process that writes the marker at the same time is done by then. */
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
        for (int tries = 1; !isDecided(content, tries == MOST_TRIES); tries++) {
            pause();
        }
    }

    /** Whether the marker is there now, whoever wrote it. */
    private boolean isDecided(String content, boolean isLast) {
        try {
            put(content, "*");
            return true;
        } catch (SdkException failure) {
            if (Failures.isUnmetCondition(failure)) {
                return true;
            }
            if (Failures.isConflict(failure) && !isLast) {
                return false;
            }
            if (!Failures.isUnknownToTheServer(failure)) {
                throw bucket.failed("store", NAME, failure);
            }
            replace(content);
            return true;
        }
    }

    private void pause() {
        try {
            Thread.sleep(BETWEEN_TRIES.toMillis());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new StorageException(
                    StorageException.Kind.FAILED,
                    "cannot store '%s' in %s: interrupted".formatted(NAME, place()),
                    interrupted);
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
