package dev.anneal.service.storage;

import dev.anneal.engine.format.file.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;

/** Copies a stream into a new file, hashing and counting, and tells failures of the two sides apart. */
final class ContentWriter {

    private static final int BUFFER_BYTES = 1 << 16;

    private ContentWriter() {}

    /** Returns when the content is on the disk. */
    static StoredContent write(Path target, ArtifactKey key, InputStream content, long maxBytes) throws IOException {
        MessageDigest digest = Sha256.newDigest();
        byte[] buffer = new byte[BUFFER_BYTES];
        long bytes = 0;
        try (FileChannel channel = create(target, key)) {
            for (int count = content.read(buffer); count >= 0; count = content.read(buffer)) {
                bytes += count;
                if (bytes > maxBytes) {
                    throw StorageException.tooLarge(key, maxBytes);
                }
                digest.update(buffer, 0, count);
                append(channel, buffer, count, key);
            }
            force(channel, key);
        }
        return new StoredContent(bytes, HexFormat.of().formatHex(digest.digest()));
    }

    private static FileChannel create(Path target, ArtifactKey key) {
        try {
            return FileChannel.open(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        } catch (IOException exception) {
            throw StorageException.of("store", key, exception);
        }
    }

    private static void append(FileChannel channel, byte[] buffer, int count, ArtifactKey key) {
        try {
            for (ByteBuffer rest = ByteBuffer.wrap(buffer, 0, count); rest.hasRemaining(); ) {
                channel.write(rest);
            }
        } catch (IOException exception) {
            throw StorageException.of("store", key, exception);
        }
    }

    private static void force(FileChannel channel, ArtifactKey key) {
        try {
            channel.force(true);
        } catch (IOException exception) {
            throw StorageException.of("store", key, exception);
        }
    }
}
