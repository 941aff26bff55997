package dev.anneal.cli.terminal;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Columns of text under their names, as wide as their content. */
public final class Table {

    private static final String NOTHING = "-";

    private final List<List<String>> rows = new ArrayList<>();

    public Table(String... names) {
        rows.add(List.of(names));
    }

    /** Adds a row; null is shown as a dash. */
    public Table row(@Nullable Object... cells) {
        List<String> row = new ArrayList<>();
        for (Object cell : cells) {
            row.add(cell == null || cell.toString().isEmpty() ? NOTHING : cell.toString());
        }
        rows.add(row);
        return this;
    }

    public void print(PrintWriter out) {
        int columns = rows.get(0).size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int column = 0; column < columns; column++) {
                widths[column] = Math.max(widths[column], row.get(column).length());
            }
        }
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < columns; column++) {
                boolean isLast = column == columns - 1;
                line.append(row.get(column))
                        .append(
                                isLast
                                        ? ""
                                        : " "
                                                .repeat(widths[column]
                                                        - row.get(column).length()
                                                        + 2));
            }
            out.println(line.toString().stripTrailing());
        }
        out.flush();
    }
}
