package dev.anneal.service.access.web;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Copies content of announced length. */
public final class BoundedCopy {

    private static final int BUFFER_BYTES = 1 << 16;

    private BoundedCopy() {}

    /**
     * Copies exactly {@code bytes} bytes.
     *
     * @param name name of the content, for the exception
     * @throws IOException if the content ends early, or the target's reader disconnects
     */
    public static void copy(String name, InputStream content, long bytes, OutputStream target) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        for (long left = bytes; left > 0; ) {
            int count = content.read(buffer, 0, (int) Math.min(buffer.length, left));
            if (count < 0) {
                throw new IOException(name + " ends " + left + " bytes before its recorded size");
            }
            target.write(buffer, 0, count);
            left -= count;
        }
    }
}
