package dev.anneal.engine.text.rows;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads a dataset line by line and parses each line when asked to. Blank lines are skipped and counted, a byte order mark at the start is skipped. All rows are of
 * the first one's format.
 */
final class RowReader implements Closeable {

    private static final byte[] UTF8_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private final LineReader lines;
    private boolean byteOrderMark;
    private long blankLines;
    private @Nullable DatasetFormat format;
    private long formatLine;

    RowReader(InputStream in) {
        lines = new LineReader(in, DatasetLimits.LINE_BYTES);
    }

    /** Goes to the next line that is not blank; false at the end. */
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
        if (lines.isTooLong()) {
            throw Place.ofLine(line())
                    .reject(
                            RowFault.LINE_TOO_LONG,
                            "at most %,d bytes".formatted(DatasetLimits.LINE_BYTES),
                            "%,d bytes".formatted(lines.length()),
                            "shorten the example; each example stands on a line of its own");
        }
        int from = skipped();
        int length = (int) lines.length();
        byte[] bytes = from == 0 ? lines.bytes() : Arrays.copyOfRange(lines.bytes(), from, length);
        RowParser.Parsed parsed = RowParser.parse(line(), bytes, length - from);
        requireSameFormat(parsed.row().format());
        return parsed;
    }

    private void requireSameFormat(DatasetFormat found) throws RowRejectedException {
        DatasetFormat first = format;
        if (first == null) {
            format = found;
            formatLine = line();
        } else if (first != found) {
            throw mixed(first, found);
        }
    }

    private RowRejectedException mixed(DatasetFormat first, DatasetFormat found) {
        Place row = Place.ofLine(line());
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

    /** The format of the rows that were read; null before the first. */
    @Nullable
    DatasetFormat format() {
        return format;
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
