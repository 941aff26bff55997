package dev.anneal.service.storage.s3;

import dev.anneal.service.storage.ArtifactKey;
import dev.anneal.service.storage.BulkInputStream;
import dev.anneal.service.storage.StorageException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/** Content of an object that goes on where it was when a connection breaks, in the same object or not at all. */
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

    /** @param end behind the last byte that is wanted, null for the object's end */
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

    /** What is left of a long answer is not worth reading for the sake of its connection. */
    @Override
    public void close() throws IOException {
        if (ended) {
            response.close();
        } else {
            response.abort();
        }
    }
}
