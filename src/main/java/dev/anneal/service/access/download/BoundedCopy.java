package dev.anneal.service.access.download;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.commons.io.IOUtils;

/** Copies content of announced length. */
public final class BoundedCopy {

    private BoundedCopy() {}

    /**
     * Copies exactly {@code bytes} bytes.
     *
     * @param name name of the content, for the exception
     * @throws IOException if the content ends early, or the target's reader disconnects
     */
    public static void copy(String name, InputStream content, long bytes, OutputStream target) throws IOException {
        long copied = IOUtils.copyLarge(content, target, 0, bytes);
        if (copied < bytes) {
            throw new IOException(name + " ends " + (bytes - copied) + " bytes before its recorded size");
        }
    }
}
