package dev.anneal.service.results.push;

import dev.anneal.service.storage.ArtifactKey;
import dev.anneal.service.storage.BulkInputStream;
import dev.anneal.service.storage.StorageException;
import java.io.IOException;
import java.io.InputStream;

/** The first bytes of a stored file's stream. That they are fewer than announced is a failure, or the other side would wait for the rest. */
final class BoundedStream extends BulkInputStream {

    private final InputStream content;
    private final ArtifactKey key;
    private long left;

    BoundedStream(InputStream content, ArtifactKey key, long length) {
        this.content = content;
        this.key = key;
        this.left = length;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (left == 0) {
            return -1;
        }
        int count;
        try {
            count = content.read(target, offset, (int) Math.min(length, left));
        } catch (IOException failure) {
            throw StorageException.of("read", key, failure);
        }
        if (count < 0) {
            throw new StorageException(
                    StorageException.Kind.FAILED,
                    "'" + key + "' ends " + left + " bytes earlier than its row says",
                    null);
        }
        left -= count;
        return count;
    }

    @Override
    public void close() throws IOException {
        content.close();
    }
}
