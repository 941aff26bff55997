package dev.anneal.engine.text.rows;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Splits a stream into lines of limited size. The rest of a longer line is skipped, so memory is limited to two
 * buffers. Lines end with LF or CR LF. Not thread-safe; closes its stream.
 */
final class LineReader implements Closeable {

    private static final int BUFFER_BYTES = 1 << 16;

    private final InputStream in;
    private final int limit;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int position;
    private int filled;
    private byte[] line = new byte[BUFFER_BYTES];
    private long length;
    private long number;

    LineReader(InputStream in, int limit) {
        this.in = in;
        this.limit = limit;
    }

    /**
     * Moves to the next line; false at the end of the stream. A last line without line break counts, an empty rest does
     * not.
     */
    boolean next() throws IOException {
        length = 0;
        boolean any = false;
        while (position < filled || fill()) {
            any = true;
            int end = indexOfLineEnd();
            keep(position, end);
            position = end;
            if (end < filled) {
                position++;
                break;
            }
        }
        if (any) {
            number++;
            dropCarriageReturn();
        }
        return any;
    }

    private boolean fill() throws IOException {
        position = 0;
        filled = Math.max(0, in.read(buffer));
        return filled > 0;
    }

    private int indexOfLineEnd() {
        int i = position;
        while (i < filled && buffer[i] != '\n') {
            i++;
        }
        return i;
    }

    private void keep(int from, int to) {
        // One byte over the limit is kept, to distinguish a carriage return from an excess byte.
        int kept = (int) Math.min(length, limit + 1L);
        int more = Math.min(to - from, limit + 1 - kept);
        if (kept + more > line.length) {
            line = Arrays.copyOf(line, Math.min(limit + 1, Math.max(kept + more, 2 * line.length)));
        }
        System.arraycopy(buffer, from, line, kept, more);
        length += to - from;
    }

    private void dropCarriageReturn() {
        if (length > 0 && length <= limit + 1L && line[(int) length - 1] == '\r') {
            length--;
        }
    }

    /** Number of the line, from 1. */
    long number() {
        return number;
    }

    /** Bytes of the line without its line break, even if it is too long. */
    long length() {
        return length;
    }

    /** Whether the line has more bytes than allowed; {@link #bytes} are then only its beginning. */
    boolean isTooLong() {
        return length > limit;
    }

    /** Buffer with the line from index 0 to {@link #length}; the next line overwrites it. */
    byte[] bytes() {
        return line;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
