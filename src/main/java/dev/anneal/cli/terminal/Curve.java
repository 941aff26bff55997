package dev.anneal.cli.terminal;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A curve in one line of text: eight heights of blocks, over the range of its values. */
public final class Curve {

    private static final String BLOCKS = "▁▂▃▄▅▆▇█";

    private Curve() {}

    /** The values in at most {@code width} columns, each the mean of those that fall into it. */
    public static String of(List<Double> values, int width) {
        if (values.isEmpty()) {
            return "";
        }
        List<Double> columns = means(values, width);
        double lowest = Collections.min(columns);
        double range = Collections.max(columns) - lowest;
        StringBuilder curve = new StringBuilder();
        for (double value : columns) {
            int height = range == 0 ? 0 : (int) Math.round((value - lowest) / range * (BLOCKS.length() - 1));
            curve.append(BLOCKS.charAt(height));
        }
        return curve.toString();
    }

    /** The mean of the values that fall into each of at most {@code width} columns. */
    public static List<Double> means(List<Double> values, int width) {
        int count = Math.min(width, values.size());
        List<Double> columns = new ArrayList<>(count);
        for (int column = 0; column < count; column++) {
            int from = column * values.size() / count;
            int to = Math.max(from + 1, (column + 1) * values.size() / count);
            columns.add(values.subList(from, to).stream()
                    .mapToDouble(Double::doubleValue)
                    .average()
                    .orElseThrow());
        }
        return columns;
    }
}
