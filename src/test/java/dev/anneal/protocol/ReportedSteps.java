package dev.anneal.protocol;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Steps as an engine reports them. */
public final class ReportedSteps {

    private ReportedSteps() {}

    /** A step of half a second with all common figures: 100 trained tokens of 200, of which 20 are shared. */
    public static Progress.Step step(int step, int totalSteps, double loss, double beta) {
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put(Figure.EPOCH.wireName(), step / 10.0);
        figures.put(Figure.TRAIN_LOSS.wireName(), loss);
        figures.put(Figure.TRAIN_MEAN_TOKEN_ACCURACY.wireName(), 0.5);
        figures.put(Figure.LEARNING_RATE.wireName(), 1e-3);
        figures.put(Figure.GRAD_NORM.wireName(), 0.25);
        figures.put(Figure.BETA.wireName(), beta);
        figures.put(Figure.TRAINED_TOKENS.wireName(), 100.0 * step);
        figures.put(Figure.TOKENS.wireName(), 200.0 * step);
        figures.put(Figure.SHARED_TOKENS.wireName(), 20.0 * step);
        figures.put(Figure.TOKENS_PER_SECOND.wireName(), 400.0);
        return new Progress.Step(step, totalSteps, 0.5, figures);
    }

    /** The step with another value of a figure; null for none. */
    public static Progress.Step with(Progress.Step step, Figure figure, @Nullable Double value) {
        Map<String, Double> figures = new LinkedHashMap<>(step.figures());
        figures.remove(figure.wireName());
        if (value != null) {
            figures.put(figure.wireName(), value);
        }
        return new Progress.Step(step.step(), step.totalSteps(), step.seconds(), figures);
    }

    /** The step with further figures. */
    public static Progress.Step with(Progress.Step step, Map<String, Double> further) {
        Map<String, Double> figures = new LinkedHashMap<>(step.figures());
        figures.putAll(further);
        return new Progress.Step(step.step(), step.totalSteps(), step.seconds(), figures);
    }
}
