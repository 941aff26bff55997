package dev.anneal.engine.text.rows;

import dev.anneal.engine.text.fault.DataException;
import dev.anneal.engine.text.fault.Place;
import dev.anneal.engine.text.fault.RowFault;
import dev.anneal.engine.text.fault.RowRejectedException;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the rows of a dataset, one line at a time: for {@link DatasetValidator}, which reports invalid lines, and for
 * all users of validated files. Blank lines are skipped and counted; a byte order mark at the start is skipped. All
 * rows have the first one's format.
 */
public final class DatasetFile implements Closeable {
    private static final byte[] UTF8_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private final LineReader lines;
    private boolean byteOrderMark;
    private long blankLines;
    private @Nullable DatasetFormat format;
    private long formatLine;

    DatasetFile(InputStream in) {
        lines = new LineReader(in, DatasetLimits.LINE_BYTES);
    }

    /** Receives the rows of a file in order. */
    @FunctionalInterface
    public interface RowConsumer {

        /**
         * Receives a row.
         *
         * @param line its line, from 1
         */
        void accept(long line, DatasetRow row);
    }

    /**
     * Reads a file with one row in memory at a time.
     *
     * @throws DataException at the first invalid line, which means that the file is not the validated one
     */
    public static void forEach(Path file, RowConsumer consumer) throws IOException {
        read(file, Long.MAX_VALUE, consumer);
    }

    /**
     * Reads only the first rows of a file.
     *
     * @throws DataException if one of these lines is not a row
     */
    public static List<DatasetRow> first(Path file, int count) throws IOException {
        List<DatasetRow> first = new ArrayList<>();
        read(file, count, (line, row) -> first.add(row));
        return first;
    }

    private static void read(Path file, long count, RowConsumer consumer) throws IOException {
        try (DatasetFile rows = new DatasetFile(Files.newInputStream(file))) {
            for (long i = 0; i < count && rows.next(); i++) {
                consumer.accept(rows.line(), rows.row().row());
            }
        } catch (RowRejectedException e) {
            throw new DataException(
                    DataException.Code.DATASET_INVALID, e.problem().toString(), e);
        }
    }

    /** Moves to the next line that is not blank; false at the end. */
    boolean next() throws IOException {
        while (lines.next()) {
            if (lines.number() == 1 && startsWithMark()) {
                byteOrderMark = true;
            }
            if (!isBlank()) {
                return true;
            }
            blankLines++;
        }
        return false;
    }

    private boolean startsWithMark() {
        return lines.length() >= UTF8_MARK.length && Arrays.equals(lines.bytes(), 0, 3, UTF8_MARK, 0, 3);
    }

    private boolean isBlank() {
        int end = (int) Math.min(lines.length(), lines.bytes().length);
        for (int i = skipped(); i < end; i++) {
            byte b = lines.bytes()[i];
            if (b != ' ' && b != '\t' && b != '\r') {
                return false;
            }
        }
        return !lines.isTooLong();
    }

    private int skipped() {
        return byteOrderMark && lines.number() == 1 ? UTF8_MARK.length : 0;
    }

    /** Number of the line, counted from 1. */
    long line() {
        return lines.number();
    }

    /** Lines skipped so far. */
    long blankLines() {
        return blankLines;
    }

    boolean hasByteOrderMark() {
        return byteOrderMark;
    }

    /** The row of this line. */
    RowParser.Parsed row() throws RowRejectedException {
        Place place = Place.ofLine(line());
        if (lines.isTooLong()) {
            throw place.reject(
                    RowFault.LINE_TOO_LONG,
                    "at most %,d bytes".formatted(DatasetLimits.LINE_BYTES),
                    "%,d bytes".formatted(lines.length()),
                    "shorten the example; each example stands on a line of its own");
        }
        int from = skipped();
        int length = (int) lines.length();
        byte[] bytes = from == 0 ? lines.bytes() : Arrays.copyOfRange(lines.bytes(), from, length);
        RowParser.Parsed parsed = RowParser.parse(place, bytes, length - from);
        DatasetFormat first = format;
        DatasetFormat found = parsed.row().format();
        if (first == null) {
            format = found;
            formatLine = line();
        } else if (first != found) {
            throw mixed(place, first, found);
        }
        return parsed;
    }

    private RowRejectedException mixed(Place row, DatasetFormat first, DatasetFormat found) {
        boolean isPair = first == DatasetFormat.PREFERENCE || found == DatasetFormat.PREFERENCE;
        String remedy = "give each format a file of its own";
        if (!isPair) {
            remedy = (first == DatasetFormat.CHAT ? "add the assistant's answer, or " : "remove the answer, or ")
                    + remedy;
        }
        return (isPair ? row : row.key("messages"))
                .reject(
                        RowFault.MIXED_FORMATS,
                        "a row of %s, as line %d is".formatted(first.description(), formatLine),
                        "one of " + found.description(),
                        remedy);
    }

    /** The format of the rows; null before the first. */
    @Nullable
    DatasetFormat format() {
        return format;
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
