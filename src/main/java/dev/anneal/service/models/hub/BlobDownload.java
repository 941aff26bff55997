package dev.anneal.service.models.hub;

import dev.anneal.service.models.hub.HubException.Reason;
import dev.anneal.service.platform.outbound.OutboundResponse;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * Downloads one file into the cache. After a broken connection or a killed process the received bytes stay in an
 * {@code .incomplete} file, and the next attempt requests the rest; the file gets its name once its hash is verified.
 */
final class BlobDownload {

    private static final int BUFFER_BYTES = 1 << 16;

    private final HubClient client;
    private final HubCache cache;
    private final HubRevision revision;
    private final HubFile file;
    private final PullProgress progress;

    BlobDownload(HubClient client, HubCache cache, HubRevision revision, HubFile file, PullProgress progress) {
        this.client = client;
        this.cache = cache;
        this.revision = revision;
        this.file = file;
        this.progress = progress;
    }

    /**
     * One attempt.
     *
     * @return bytes that it has downloaded
     * @throws HubException if the file is still incomplete, or differs from what the Hub announced
     */
    long run() throws IOException {
        Path blob = cache.blob(revision.id(), file);
        if (Files.isRegularFile(blob) && Files.size(blob) == file.bytes()) {
            return 0;
        }
        Files.createDirectories(blob.resolveSibling(""));
        Path partial = cache.incomplete(revision.id(), file);
        try (FileChannel channel = FileChannel.open(
                partial, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            MessageDigest digest = file.newDigest();
            long start = resumed(channel, digest);
            long end = start;
            if (start < file.bytes()) {
                end = client.download(revision, file, start, response -> receive(response, channel, digest));
            }
            requireWhole(channel, digest, end, partial);
            channel.force(true);
            Files.move(partial, blob, StandardCopyOption.ATOMIC_MOVE);
            return end - start;
        }
    }

    /** Hashes the bytes of an earlier attempt, unless there are more than the file has. */
    private long resumed(FileChannel channel, MessageDigest digest) throws IOException {
        if (channel.size() > file.bytes()) {
            channel.truncate(0);
        }
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
        channel.position(0);
        while (channel.position() < channel.size() && channel.read(buffer) >= 0) {
            digest.update(buffer.flip());
            buffer.clear();
        }
        return channel.position();
    }

    private long receive(OutboundResponse response, FileChannel channel, MessageDigest digest) throws IOException {
        if (channel.position() > 0 && !isContinued(response, channel.position())) {
            progress.arrived(-channel.position());
            channel.truncate(0);
            file.restart(digest);
        }
        if (response.status() == 416) {
            throw new HubException(Reason.HUB_UNREACHABLE, "the Hub did not send the rest of '" + file.name() + "'");
        }
        InputStream body = response.body();
        byte[] buffer = new byte[BUFFER_BYTES];
        for (int count = body.read(buffer); count >= 0; count = body.read(buffer)) {
            if (channel.position() + count > file.bytes()) {
                throw damaged("is longer than its " + file.bytes() + " bytes");
            }
            digest.update(buffer, 0, count);
            for (ByteBuffer rest = ByteBuffer.wrap(buffer, 0, count); rest.hasRemaining(); ) {
                write(channel, rest);
            }
            progress.arrived(count);
        }
        return channel.position();
    }

    /** Turns failures of the disk into ones that are not retried. */
    private void write(FileChannel channel, ByteBuffer bytes) throws HubException {
        try {
            channel.write(bytes);
        } catch (IOException failure) {
            throw HubException.ofCache(revision.id(), failure);
        }
    }

    /** A 200 to a request for the rest is the whole file. */
    private static boolean isContinued(OutboundResponse response, long offset) {
        return response.status() == 206
                && response.header("Content-Range").orElse("").startsWith("bytes " + offset + "-");
    }

    private void requireWhole(FileChannel channel, MessageDigest digest, long end, Path partial) throws IOException {
        if (end < file.bytes()) {
            channel.force(true);
            throw new HubException(
                    Reason.HUB_UNREACHABLE,
                    "the connection to the Hub ended after " + end + " of " + file.bytes() + " bytes of '" + file.name()
                            + "'");
        }
        String found = HexFormat.of().formatHex(digest.digest());
        if (!found.equals(file.hash())) {
            Files.delete(partial);
            progress.arrived(-end);
            throw damaged("has the hash " + found + " instead of " + file.hash());
        }
    }

    private HubException damaged(String what) {
        return new HubException(
                Reason.HUB_FILE_DAMAGED,
                "'" + file.name() + "' of '" + revision.id() + "' " + what + ". It was deleted; pull again");
    }
}
