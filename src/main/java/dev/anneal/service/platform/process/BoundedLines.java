package dev.anneal.service.platform.process;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reads lines of UTF-8 with a length limit, so that a faulty process cannot fill the reader's memory. */
final class BoundedLines {

    private final InputStream input;
    private final int limitBytes;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private boolean cut;

    BoundedLines(InputStream input, int limitBytes) {
        this.input = new BufferedInputStream(input);
        this.limitBytes = limitBytes;
    }

    /** The next line without its line break, cut at the limit, or null at the end of the input. */
    @Nullable
    String next() throws IOException {
        line.reset();
        cut = false;
        int read = input.read();
        if (read < 0) {
            return null;
        }
        for (; read >= 0 && read != '\n'; read = input.read()) {
            if (line.size() < limitBytes) {
                line.write(read);
            } else {
                cut = true;
            }
        }
        return line.toString(StandardCharsets.UTF_8);
    }

    /** Whether the last line was longer than the limit. */
    boolean wasCut() {
        return cut;
    }
}
