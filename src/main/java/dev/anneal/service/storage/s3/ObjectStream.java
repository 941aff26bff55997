package dev.anneal.service.storage.s3;

import dev.anneal.service.storage.ArtifactKey;
import dev.anneal.service.storage.BulkInputStream;
import dev.anneal.service.storage.StorageException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * Reads an object, and reopens it at the same position when a connection breaks, as long as the object is unchanged.
 */
final class ObjectStream extends BulkInputStream {

    private static final int REOPENED_AT_MOST = 4;

    private final Bucket bucket;
    private final ArtifactKey key;
    private final String object;
    private final @Nullable Long end;
    private ResponseInputStream<GetObjectResponse> response;
    private final String entityTag;
    private long position;
    private int reopened;
    private boolean ended;

    /**
     * @param end position after the last byte to read, null for the object's end
     */
    ObjectStream(Bucket bucket, ArtifactKey key, String object, long first, @Nullable Long end) {
        this.bucket = bucket;
        this.key = key;
        this.object = object;
        this.end = end;
        this.position = first;
        this.response = bucket.open(key, object, range(), null);
        this.entityTag = response.response().eTag();
    }

    private @Nullable String range() {
        if (end != null) {
            return "bytes=" + position + "-" + (end - 1);
        }
        return position == 0 ? null : "bytes=" + position + "-";
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        while (!ended) {
            try {
                int count = response.read(target, offset, length);
                position += Math.max(0, count);
                ended = count < 0;
                return count;
            } catch (IOException broken) {
                reopen(broken);
            }
        }
        return -1;
    }

    private void reopen(IOException broken) throws IOException {
        response.abort();
        reopened++;
        if (reopened > REOPENED_AT_MOST) {
            throw broken;
        }
        if (end != null && position >= end) {
            ended = true;
            return;
        }
        try {
            response = bucket.open(key, object, range(), entityTag);
        } catch (StorageException failure) {
            broken.addSuppressed(failure);
            throw broken;
        }
    }

    /** Reading the rest of a long answer would cost more than a new connection. */
    @Override
    public void close() throws IOException {
        if (ended) {
            response.close();
        } else {
            response.abort();
        }
    }
}
