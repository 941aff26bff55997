package dev.anneal.cli.client;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.function.LongConsumer;
import org.apache.commons.io.input.ProxyInputStream;

/** The form of an upload, streamed from its file. */
final class Multipart {

    private final String boundary = "anneal-" + UUID.randomUUID();
    private final Path file;
    private final LongConsumer sent;
    private final byte[] head;
    private final byte[] tail;
    private final long bytes;

    Multipart(Path file, String purpose, LongConsumer sent) throws IOException {
        this.file = file;
        this.sent = sent;
        this.bytes = Files.size(file);
        String name = String.valueOf(file.getFileName()).replace("\"", "%22");
        this.head = """
                --%1$s\r
                Content-Disposition: form-data; name="purpose"\r
                \r
                %2$s\r
                --%1$s\r
                Content-Disposition: form-data; name="file"; filename="%3$s"\r
                Content-Type: application/octet-stream\r
                \r
                """.formatted(boundary, purpose, name).getBytes(StandardCharsets.UTF_8);
        this.tail = "\r\n--%s--\r\n".formatted(boundary).getBytes(StandardCharsets.UTF_8);
    }

    String contentType() {
        return "multipart/form-data; boundary=" + boundary;
    }

    long length() {
        return head.length + bytes + tail.length;
    }

    InputStream open() {
        try {
            return new SequenceInputStream(Collections.enumeration(List.of(
                    new ByteArrayInputStream(head),
                    new Counted(Files.newInputStream(file)),
                    new ByteArrayInputStream(tail))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Tells how much of the file has been read. */
    private final class Counted extends ProxyInputStream {

        private long read;

        Counted(InputStream in) {
            super(in);
        }

        @Override
        protected void afterRead(int count) {
            read += Math.max(0, count);
            sent.accept(read);
        }
    }
}
