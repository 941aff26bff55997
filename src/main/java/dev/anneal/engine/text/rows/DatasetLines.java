package dev.anneal.engine.text.rows;

import dev.anneal.engine.text.fault.RowRejectedException;
import java.io.IOException;
import java.io.InputStream;

/** Reads some lines of a dataset that need not be valid, each on its own: lines before them are only counted. */
public final class DatasetLines {

    private DatasetLines() {}

    /** Receives lines in order, without blank ones. */
    public interface Consumer {

        void row(long line, DatasetRow row);

        void rejected(long line, RowRejectedException rejected);
    }

    /**
     * Reads lines and closes the stream.
     *
     * @param after line, from 1, after which to begin; 0 for the first
     */
    public static void read(InputStream in, long after, int count, Consumer consumer) throws IOException {
        try (DatasetFile lines = new DatasetFile(in)) {
            int left = count;
            while (left > 0 && lines.next()) {
                if (lines.line() > after) {
                    left--;
                    accept(lines, consumer);
                }
            }
        }
    }

    private static void accept(DatasetFile lines, Consumer consumer) {
        DatasetRow row;
        try {
            row = lines.row().row();
        } catch (RowRejectedException e) {
            consumer.rejected(lines.line(), e);
            return;
        }
        consumer.row(lines.line(), row);
    }
}
