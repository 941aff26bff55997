package dev.anneal.service.storage.s3;

import dev.anneal.engine.format.file.Sha256;
import dev.anneal.service.storage.ArtifactKey;
import dev.anneal.service.storage.StorageException;
import dev.anneal.service.storage.StoredContent;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Stores a stream of unknown length: in one request if it is short, in parts otherwise, of which one is in memory. Its buffer grows with what comes, so that
 * many short streams at a time take little.
 */
final class StreamUpload {

    private static final int FIRST_BUFFER_BYTES = 1 << 16;

    private final Bucket bucket;
    private final ArtifactKey key;
    private final InputStream content;
    private final long maxBytes;
    private final MessageDigest digest = Sha256.newDigest();
    private byte[] part = new byte[FIRST_BUFFER_BYTES];
    private long bytes;

    /** @param maxBytes content beyond this is refused */
    StreamUpload(Bucket bucket, ArtifactKey key, InputStream content, long maxBytes) {
        this.bucket = bucket;
        this.key = key;
        this.content = content;
        this.maxBytes = maxBytes;
    }

    /** @throws IOException when reading the content fails; nothing is stored then */
    StoredContent store() throws IOException {
        int length = nextPart(1);
        if (length < Parts.streamed(1)) {
            bucket.put(key.value(), part, length);
        } else {
            storeParts(length);
        }
        return new StoredContent(bytes, HexFormat.of().formatHex(digest.digest()));
    }

    private void storeParts(int first) throws IOException {
        try (Upload upload = new Upload(bucket, key.value())) {
            int number = 1;
            for (int length = first; length > 0; length = nextPart(number)) {
                upload.part(number, Bucket.bodyOf(part, length));
                number++;
            }
            upload.complete();
        }
    }

    private int nextPart(int number) throws IOException {
        int most = Parts.streamed(number);
        int length = content.readNBytes(part, 0, part.length);
        while (length == part.length && length < most) {
            part = Arrays.copyOf(part, Math.min(most, 4 * length));
            length += content.readNBytes(part, length, part.length - length);
        }
        bytes += length;
        if (bytes > maxBytes) {
            throw StorageException.tooLarge(key, maxBytes);
        }
        digest.update(part, 0, length);
        return length;
    }
}
