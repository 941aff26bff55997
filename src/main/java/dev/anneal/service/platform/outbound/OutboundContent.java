package dev.anneal.service.platform.outbound;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * The body of a request, which is streamed unless it is created from bytes.
 *
 * @param length total number of bytes
 * @param source opens the bytes, which are closed once they are sent
 */
public record OutboundContent(String contentType, long length, Source source) {

    /** Opens a content. */
    @FunctionalInterface
    public interface Source {

        InputStream open() throws IOException;
    }

    public static OutboundContent json(byte[] bytes) {
        return bytes(bytes, "application/json; charset=UTF-8");
    }

    public static OutboundContent bytes(byte[] bytes, String contentType) {
        return new OutboundContent(contentType, bytes.length, () -> new ByteArrayInputStream(bytes));
    }
}
