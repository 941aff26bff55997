package dev.anneal.engine.export;

import dev.anneal.protocol.TrainingRecord.Point;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Training loss, validation loss and beta over the steps, as a self-contained SVG. */
final class CurveChart {

    private static final int WIDTH = 720;
    private static final int HEIGHT = 320;
    private static final int LEFT = 60;
    private static final int RIGHT = 660;
    private static final int TOP = 40;
    private static final int BOTTOM = 270;
    private static final String LOSS = "#1f77b4";
    private static final String VALIDATION = "#d62728";
    private static final String BETA = "#7f7f7f";

    private final List<Point> points;
    private final double lowest;
    private final double highest;

    private CurveChart(List<Point> points, double lowest, double highest) {
        this.points = points;
        this.lowest = lowest;
        this.highest = highest;
    }

    /** Empty if there is no loss to show. */
    static Optional<String> of(List<Point> points) {
        List<Double> losses = points.stream()
                .flatMap(point ->
                        Stream.of(Optional.ofNullable(point.loss()), Optional.ofNullable(point.validationLoss())))
                .flatMap(Optional::stream)
                .toList();
        if (losses.isEmpty()) {
            return Optional.empty();
        }
        double lowest = losses.stream().min(Double::compare).orElseThrow();
        double highest = losses.stream().max(Double::compare).orElseThrow();
        return Optional.of(new CurveChart(points, lowest, highest == lowest ? lowest + 1 : highest).svg());
    }

    private String svg() {
        StringBuilder svg = new StringBuilder();
        svg.append(("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\""
                        + " font-size=\"12\">\n")
                .formatted(WIDTH, HEIGHT));
        svg.append("<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n");
        svg.append("<path d=\"M%d %dV%dH%dV%d\" fill=\"none\" stroke=\"#bbbbbb\"/>\n"
                .formatted(LEFT, TOP, BOTTOM, RIGHT, TOP));
        axes(svg);
        line(svg, BETA, point -> BOTTOM - point.beta() * (BOTTOM - TOP), points);
        line(svg, LOSS, point -> lossY(Objects.requireNonNull(point.loss())), with(point -> point.loss() != null));
        List<Point> validated = with(point -> point.validationLoss() != null);
        ToDoubleFunction<Point> validationY = point -> lossY(Objects.requireNonNull(point.validationLoss()));
        line(svg, VALIDATION, validationY, validated);
        validated.forEach(point -> svg.append("<circle cx=\"%s\" cy=\"%s\" r=\"3\" fill=\"%s\"/>\n"
                .formatted(number(x(point)), number(validationY.applyAsDouble(point)), VALIDATION)));
        return svg.append("</svg>\n").toString();
    }

    private List<Point> with(Predicate<Point> shown) {
        return points.stream().filter(shown).toList();
    }

    private void axes(StringBuilder svg) {
        label(svg, LEFT - 6, TOP + 4, "end", "#000000", String.format(Locale.ROOT, "%.3f", highest));
        label(svg, LEFT - 6, BOTTOM, "end", "#000000", String.format(Locale.ROOT, "%.3f", lowest));
        label(svg, RIGHT + 6, TOP + 4, "start", BETA, "1");
        label(svg, RIGHT + 6, BOTTOM, "start", BETA, "0");
        label(svg, LEFT, BOTTOM + 18, "middle", "#000000", String.valueOf(first()));
        label(svg, RIGHT, BOTTOM + 18, "middle", "#000000", String.valueOf(last()));
        label(svg, (LEFT + RIGHT) / 2, BOTTOM + 18, "middle", "#000000", "step");
        label(svg, LEFT, TOP - 16, "start", LOSS, "training loss");
        label(svg, LEFT + 110, TOP - 16, "start", VALIDATION, "validation loss");
        label(svg, RIGHT, TOP - 16, "end", BETA, "beta (right)");
    }

    private static void label(StringBuilder svg, int x, int y, String anchor, String colour, String text) {
        svg.append("<text x=\"%d\" y=\"%d\" text-anchor=\"%s\" fill=\"%s\">%s</text>\n"
                .formatted(x, y, anchor, colour, text));
    }

    private void line(StringBuilder svg, String colour, ToDoubleFunction<Point> y, List<Point> shown) {
        String path = shown.stream()
                .map(point -> number(x(point)) + "," + number(y.applyAsDouble(point)))
                .collect(Collectors.joining(" "));
        svg.append(
                "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"1.5\"/>\n".formatted(path, colour));
    }

    private int first() {
        return points.get(0).step();
    }

    private int last() {
        return points.get(points.size() - 1).step();
    }

    private double x(Point point) {
        int span = Math.max(1, last() - first());
        return LEFT + (double) (point.step() - first()) / span * (RIGHT - LEFT);
    }

    private double lossY(double loss) {
        return BOTTOM - (loss - lowest) / (highest - lowest) * (BOTTOM - TOP);
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }
}
