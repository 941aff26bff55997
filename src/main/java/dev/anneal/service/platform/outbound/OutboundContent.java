package dev.anneal.service.platform.outbound;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a request sends. */
public interface OutboundContent {

    /** Value of {@code Content-Type}. */
    String contentType();

    /** Bytes in all. */
    long length() throws IOException;

    /** The bytes; the caller closes. */
    InputStream open() throws IOException;

    static OutboundContent json(byte[] bytes) {
        return bytes(bytes, "application/json; charset=UTF-8");
    }

    static OutboundContent bytes(byte[] bytes, String contentType) {
        return new OutboundContent() {
            @Override
            public String contentType() {
                return contentType;
            }

            @Override
            public long length() {
                return bytes.length;
            }

            @Override
            public InputStream open() {
                return new ByteArrayInputStream(bytes);
            }
        };
    }

    static OutboundContent file(Path file, String contentType) {
        return new OutboundContent() {
            @Override
            public String contentType() {
                return contentType;
            }

            @Override
            public long length() throws IOException {
                return Files.size(file);
            }

            @Override
            public InputStream open() throws IOException {
                return Files.newInputStream(file);
            }
        };
    }
}
