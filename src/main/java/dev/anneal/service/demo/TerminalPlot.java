package dev.anneal.service.demo;

import dev.anneal.cli.terminal.Curve;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** A line plot in text: one character a column, each series scaled to its own range. */
final class TerminalPlot {

    private static final int ROWS = 10;
    private static final int COLUMNS = 64;

    private TerminalPlot() {}

    /**
     * Draws values over their index.
     *
     * @param mark character of the curve
     * @param values at least one value
     */
    static String of(String title, char mark, List<Double> values) {
        List<Double> columns = Curve.means(values, COLUMNS);
        double lowest = Collections.min(columns);
        double highest = Collections.max(columns);
        StringBuilder plot = new StringBuilder("  ").append(title).append('\n');
        for (int row = ROWS - 1; row >= 0; row--) {
            plot.append(label(row, lowest, highest)).append('│');
            for (double value : columns) {
                plot.append(rowOf(value, lowest, highest) == row ? mark : ' ');
            }
            plot.append('\n');
        }
        return plot.append("        └")
                .append("─".repeat(columns.size()))
                .append('\n')
                .toString();
    }

    private static String label(int row, double lowest, double highest) {
        if (row != 0 && row != ROWS - 1) {
            return "        ";
        }
        return String.format(Locale.ROOT, "%7.3f ", row == 0 ? lowest : highest);
    }

    private static int rowOf(double value, double lowest, double highest) {
        return highest == lowest ? 0 : (int) Math.round((value - lowest) / (highest - lowest) * (ROWS - 1));
    }
}
