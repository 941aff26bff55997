package dev.anneal.service.storage.s3;

import dev.anneal.engine.format.file.DurableFiles;
import dev.anneal.engine.format.file.Sha256;
import dev.anneal.service.storage.ArtifactKey;
import dev.anneal.service.storage.BulkInputStream;
import dev.anneal.service.storage.StorageException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import software.amazon.awssdk.core.sync.RequestBody;

/** Brings files of this machine to the bucket and back, several parts of a large one at a time. */
final class Transfers implements AutoCloseable {

    private static final int PARTS_AT_A_TIME = 4;
    private static final int BUFFER_BYTES = 1 << 16;

    private final Bucket bucket;
    private final ExecutorService threads;

    Transfers(Bucket bucket) {
        this.bucket = bucket;
        this.threads = Executors.newFixedThreadPool(PARTS_AT_A_TIME, task -> {
            Thread thread = new Thread(task, "s3-transfer");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Stores a file of this machine. */
    void upload(Path file, String object) throws IOException {
        List<Parts.Part> parts = Parts.of(Files.size(file));
        if (parts.size() <= 1) {
            byte[] content = Files.readAllBytes(file);
            bucket.put(object, content, content.length);
            return;
        }
        try (Upload upload = new Upload(bucket, object)) {
            atATime(parts, part -> upload.part(part.number(), body(file, part)));
            upload.complete();
        }
    }

    private static RequestBody body(Path file, Parts.Part part) {
        return RequestBody.fromContentProvider(() -> section(file, part), part.length(), "application/octet-stream");
    }

    private static InputStream section(Path file, Parts.Part part) {
        try {
            InputStream content = Files.newInputStream(file);
            content.skipNBytes(part.first());
            return new Section(content, part.length());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Writes an object to a file that is not there yet, and waits until it is on the disk.
     *
     * @param key what the object belongs to
     * @throws StorageException if it is not what is expected
     */
    void download(ArtifactKey key, String object, FolderIndex.Entry expected, Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            atATime(Parts.of(expected.bytes()), part -> download(key, object, part, channel));
        }
        String found = Sha256.of(file);
        if (!found.equals(expected.sha256())) {
            throw new StorageException(
                    StorageException.Kind.FAILED,
                    "'%s' has the SHA-256 %s but was stored with %s".formatted(object, found, expected.sha256()),
                    null);
        }
        DurableFiles.force(file);
    }

    private void download(ArtifactKey key, String object, Parts.Part part, FileChannel channel) {
        byte[] buffer = new byte[BUFFER_BYTES];
        long position = part.first();
        long end = part.first() + part.length();
        try (InputStream content = new ObjectStream(bucket, key, object, position, end)) {
            for (int count = content.read(buffer); count >= 0; count = content.read(buffer)) {
                for (ByteBuffer rest = ByteBuffer.wrap(buffer, 0, count); rest.hasRemaining(); ) {
                    position += channel.write(rest, position);
                }
            }
        } catch (IOException e) {
            throw StorageException.of("bring to this machine", key, e);
        }
    }

    /** Does all of it, or throws what the first of it threw when nothing goes on any more. */
    private void atATime(List<Parts.Part> parts, Consumer<Parts.Part> action) {
        if (parts.size() == 1) {
            action.accept(parts.get(0));
            return;
        }
        List<Future<?>> futures = new ArrayList<>();
        for (Parts.Part part : parts) {
            futures.add(threads.submit(() -> action.accept(part)));
        }
        try {
            for (Future<?> future : futures) {
                future.get();
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException failure ? failure : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StorageException(StorageException.Kind.FAILED, "the transfer was interrupted", e);
        } finally {
            futures.forEach(future -> future.cancel(false));
            futures.forEach(Transfers::awaitEnd);
        }
    }

    /** What is running must not write to a file that is closed, nor add to an upload that is given up. */
    private static void awaitEnd(Future<?> future) {
        if (future.isCancelled()) {
            return;
        }
        try {
            future.get();
        } catch (ExecutionException told) {
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }

    /** The beginning of a stream. */
    private static final class Section extends BulkInputStream {

        private final InputStream content;
        private long left;

        Section(InputStream content, long length) {
            this.content = content;
            this.left = length;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (left == 0) {
                return -1;
            }
            int count = content.read(target, offset, (int) Math.min(length, left));
            left -= Math.max(0, count);
            return count;
        }

        @Override
        public void close() throws IOException {
            content.close();
        }
    }
}
