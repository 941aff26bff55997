package dev.anneal.engine.text.rows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The rows of a file that {@link DatasetValidator} found usable, one after the other. */
public final class DatasetFile {

    private DatasetFile() {}

    /** Takes the rows of a file in order. */
    @FunctionalInterface
    public interface RowConsumer {

        /**
         * Takes one row.
         *
         * @param line its line, counted from 1
         */
        void accept(long line, DatasetRow row);
    }

    /**
     * Reads a file, holding one row at a time.
     *
     * @throws DataException at the first line that is not a row: the file is not the one that was validated
     */
    public static void forEach(Path file, RowConsumer consumer) throws IOException {
        try (RowReader rows = new RowReader(Files.newInputStream(file))) {
            while (rows.next()) {
                consumer.accept(rows.line(), rows.row().row());
            }
        } catch (RowRejectedException e) {
            throw new DataException(
                    DataException.Code.DATASET_INVALID, e.problem().toString(), e);
        }
    }

    /**
     * The first rows of a file, without reading the others.
     *
     * @throws DataException if a line before them is not a row
     */
    public static List<DatasetRow> first(Path file, int count) throws IOException {
        List<DatasetRow> first = new ArrayList<>();
        try (RowReader rows = new RowReader(Files.newInputStream(file))) {
            while (first.size() < count && rows.next()) {
                first.add(rows.row().row());
            }
        } catch (RowRejectedException e) {
            throw new DataException(
                    DataException.Code.DATASET_INVALID, e.problem().toString(), e);
        }
        return first;
    }
}
