package dev.anneal.service.storage;

import dev.anneal.engine.format.file.PrivateFiles;
import dev.anneal.engine.format.file.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * Copies a stream into a new file, hashing and counting. Failures of the file are {@link StorageException}s, those of
 * the stream are not.
 */
final class ContentWriter {

    private static final int BUFFER_BYTES = 1 << 16;

    private ContentWriter() {}

    /** Returns when the content is on the disk. */
    static StoredContent write(Path target, ArtifactKey key, InputStream content, long maxBytes) throws IOException {
        MessageDigest digest = Sha256.newDigest();
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
        long bytes = 0;
        try (FileChannel channel = create(target, key)) {
            for (int count = content.read(buffer.array()); count >= 0; count = content.read(buffer.array())) {
                bytes += count;
                if (bytes > maxBytes) {
                    throw StorageException.tooLarge(key, maxBytes);
                }
                digest.update(buffer.array(), 0, count);
                buffer.position(0).limit(count);
                StorageException.onDisk("store", key, () -> {
                    while (buffer.hasRemaining()) {
                        channel.write(buffer);
                    }
                });
            }
            StorageException.onDisk("store", key, () -> channel.force(true));
        }
        return new StoredContent(bytes, HexFormat.of().formatHex(digest.digest()));
    }

    private static FileChannel create(Path target, ArtifactKey key) {
        try {
            return PrivateFiles.create(target);
        } catch (IOException exception) {
            throw StorageException.of("store", key, exception);
        }
    }
}
