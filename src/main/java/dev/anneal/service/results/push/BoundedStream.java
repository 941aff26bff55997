package dev.anneal.service.results.push;

import dev.anneal.service.storage.ArtifactKey;
import dev.anneal.service.storage.BulkInputStream;
import dev.anneal.service.storage.StorageException;
import java.io.IOException;
import java.io.InputStream;

/**
 * Reads a given number of bytes of a stored file. Fails if the file ends earlier, because the receiver would wait for
 * the rest.
 */
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
                    StorageException.Reason.FAILED,
                    "'" + key + "' ends " + left + " bytes before its recorded size",
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
