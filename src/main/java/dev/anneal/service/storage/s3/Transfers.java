package dev.anneal.service.storage.s3;

import dev.anneal.engine.format.file.DurableFiles;
import dev.anneal.engine.format.file.PrivateFiles;
import dev.anneal.engine.format.file.Sha256;
import dev.anneal.service.platform.schedule.DaemonThreads;
import dev.anneal.service.storage.ArtifactKey;
import dev.anneal.service.storage.StorageException;
import dev.anneal.service.storage.StoredContent;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.commons.io.input.BoundedInputStream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.sync.RequestBody;

/**
 * Copies files between this machine and the bucket, several parts of a large file in parallel. The SDK's transfer
 * manager reports a failure before it has aborted the upload, tells its progress on other threads, and needs a second
 * HTTP client.
 */
final class Transfers implements AutoCloseable {

    private static final int PARTS_AT_A_TIME = 4;
    private static final byte[] NOTHING = {};

    private final Bucket bucket;
    private final ExecutorService threads;

    Transfers(Bucket bucket) {
        this.bucket = bucket;
        this.threads = Executors.newFixedThreadPool(PARTS_AT_A_TIME, DaemonThreads.named("s3-transfer"));
    }

    /**
     * Stores a file of this machine.
     *
     * @param betweenParts called on this thread after each part; may throw to abandon the transfer
     */
    void upload(Path file, String object, Runnable betweenParts) throws IOException {
        List<PartSizes.Part> parts = PartSizes.of(Files.size(file));
        if (parts.size() <= 1) {
            bucket.put(object, Files.readAllBytes(file));
            betweenParts.run();
            return;
        }
        try (MultipartUpload upload = new MultipartUpload(bucket, object)) {
            inParallel(parts, part -> upload.part(part.number(), body(file, part)), betweenParts);
            upload.complete();
        }
    }

    /**
     * Stores a stream of unknown length: in one request if it is short, otherwise in parts, of which one is in memory.
     *
     * @param maxBytes longer content is refused
     * @throws IOException when reading the content fails; nothing is stored then
     */
    StoredContent upload(InputStream content, ArtifactKey key, long maxBytes) throws IOException {
        MessageDigest digest = Sha256.newDigest();
        InputStream hashed = new DigestInputStream(content, digest);
        byte[] part = hashed.readNBytes(PartSizes.streamed(1));
        long bytes = requireAtMost(maxBytes, part.length, key);
        if (part.length < PartSizes.streamed(1)) {
            bucket.put(key.value(), part);
        } else {
            try (MultipartUpload upload = new MultipartUpload(bucket, key.value())) {
                for (int number = 1; part.length > 0; number++) {
                    upload.part(number, Bucket.bodyOf(part));
                    part = NOTHING; // is not kept in memory beside the next one
                    part = hashed.readNBytes(PartSizes.streamed(number + 1));
                    bytes = requireAtMost(maxBytes, bytes + part.length, key);
                }
                upload.complete();
            }
        }
        return new StoredContent(bytes, HexFormat.of().formatHex(digest.digest()));
    }

    private static long requireAtMost(long maxBytes, long bytes, ArtifactKey key) {
        if (bytes > maxBytes) {
            throw StorageException.tooLarge(key, maxBytes);
        }
        return bytes;
    }

    private static RequestBody body(Path file, PartSizes.Part part) {
        return RequestBody.fromContentProvider(() -> section(file, part), part.length(), "application/octet-stream");
    }

    private static InputStream section(Path file, PartSizes.Part part) {
        try {
            FileChannel channel =
                    FileChannel.open(file, StandardOpenOption.READ).position(part.first());
            return BoundedInputStream.builder()
                    .setInputStream(new BufferedInputStream(Channels.newInputStream(channel)))
                    .setMaxCount(part.length())
                    .get();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Downloads an object to a new file, and returns when it is on the disk.
     *
     * @param key key that the object belongs to
     * @param betweenParts called on this thread after each part; may throw to abandon the transfer
     * @throws StorageException if its content is not the expected one
     */
    void download(ArtifactKey key, String object, FolderIndex.Entry expected, Path file, Runnable betweenParts)
            throws IOException {
        PrivateFiles.create(file).close();
        inParallel(PartSizes.of(expected.bytes()), part -> download(key, object, part, file), betweenParts);
        String found = Sha256.of(file, betweenParts);
        if (!found.equals(expected.sha256())) {
            throw new StorageException(
                    StorageException.Reason.FAILED,
                    "'%s' has the SHA-256 %s but was stored with %s".formatted(object, found, expected.sha256()),
                    null);
        }
        DurableFiles.force(file);
    }

    private void download(ArtifactKey key, String object, PartSizes.Part part, Path file) {
        long end = part.first() + part.length();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
                InputStream content = new ObjectStream(bucket, key, object, part.first(), end)) {
            content.transferTo(Channels.newOutputStream(channel.position(part.first())));
        } catch (IOException e) {
            throw StorageException.of("bring to this machine", key, e);
        }
    }

    /**
     * Transfers all parts. After a failure it starts no further part, waits for the running ones, and throws the
     * failure.
     */
    private void inParallel(List<PartSizes.Part> parts, Consumer<PartSizes.Part> transfer, Runnable betweenParts) {
        if (parts.size() == 1) {
            transfer.accept(parts.get(0));
            betweenParts.run();
            return;
        }
        AtomicReference<@Nullable RuntimeException> failure = new AtomicReference<>();
        CompletionService<Void> done = new ExecutorCompletionService<>(threads);
        List<Future<Void>> tasks = new ArrayList<>();
        for (PartSizes.Part part : parts) {
            tasks.add(done.submit(() -> unlessFailed(failure, () -> transfer.accept(part)), null));
        }
        try {
            for (int part = 0; part < parts.size(); part++) {
                done.take().get();
                unlessFailed(failure, betweenParts);
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            tasks.forEach(task -> task.cancel(true));
            Thread.currentThread().interrupt();
            throw new StorageException(StorageException.Reason.FAILED, "the transfer was interrupted", e);
        }
        if (failure.get() != null) {
            throw failure.get();
        }
    }

    private static void unlessFailed(AtomicReference<@Nullable RuntimeException> failure, Runnable step) {
        if (failure.get() == null) {
            try {
                step.run();
            } catch (RuntimeException e) {
                failure.compareAndSet(null, e);
            }
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
