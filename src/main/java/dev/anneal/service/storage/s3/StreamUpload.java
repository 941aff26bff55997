package dev.anneal.service.storage.s3;

import dev.anneal.engine.format.file.Sha256;
import dev.anneal.service.storage.ArtifactKey;
import dev.anneal.service.storage.StorageException;
import dev.anneal.service.storage.StoredContent;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.HexFormat;

/** Stores a stream of unknown length: in one request if it is short, otherwise in parts, of which one is in memory. */
final class StreamUpload {

    private final Bucket bucket;
    private final ArtifactKey key;
    private final InputStream content;
    private final long maxBytes;
    private final MessageDigest digest = Sha256.newDigest();
    private long bytes;

    /** @param maxBytes longer content is refused */
    StreamUpload(Bucket bucket, ArtifactKey key, InputStream content, long maxBytes) {
        this.bucket = bucket;
        this.key = key;
        this.content = content;
        this.maxBytes = maxBytes;
    }

    /** @throws IOException when reading the content fails; nothing is stored then */
    StoredContent store() throws IOException {
        byte[] first = nextPart(1);
        if (first.length < Parts.streamed(1)) {
            bucket.put(key.value(), first);
        } else {
            storeParts(first);
        }
        return new StoredContent(bytes, HexFormat.of().formatHex(digest.digest()));
    }

    private void storeParts(byte[] first) throws IOException {
        try (Upload upload = new Upload(bucket, key.value())) {
            int number = 1;
            for (byte[] part = first; part.length > 0; part = nextPart(number)) {
                upload.part(number, Bucket.bodyOf(part));
                number++;
            }
            upload.complete();
        }
    }

    private byte[] nextPart(int number) throws IOException {
        byte[] part = content.readNBytes(Parts.streamed(number));
        bytes += part.length;
        if (bytes > maxBytes) {
            throw StorageException.tooLarge(key, maxBytes);
        }
        digest.update(part);
        return part;
    }
}
