package dev.anneal.service.training.journal;

import dev.anneal.protocol.Figure;
import dev.anneal.protocol.Progress;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Events for selected steps of a job. Their messages begin with OpenAI's wording, which tools parse. */
final class StepEvents {

    private static final int EVENTS_OF_A_JOB = 100;

    /** They say only how far the training is, as the step does. */
    private static final Set<Figure> OF_THE_SERIES =
            EnumSet.of(Figure.EPOCH, Figure.TRAINED_TOKENS, Figure.TOKENS, Figure.SHARED_TOKENS);

    private StepEvents() {}

    /** The first and the last step, and about a hundred between them, independent of batches and attempts. */
    static boolean isWorthAnEvent(Progress.Step step) {
        int interval = Math.max(1, step.totalSteps() / EVENTS_OF_A_JOB);
        return step.step() == 1 || step.step() == step.totalSteps() || step.step() % interval == 0;
    }

    /**
     * Metrics that come before the loss: a policy's loss is about 0 by construction, and a draft's says little about
     * how many of its tokens are accepted.
     */
    private static final Map<String, String> LEADING = leading();

    private static Map<String, String> leading() {
        Map<String, String> names = new LinkedHashMap<>();
        names.put("reward", "reward");
        names.put("acceptance/1", "acceptance");
        names.put("acceptance_length/greedy", "greedy acceptance length");
        names.put("acceptance_length/sampled", "sampled acceptance length");
        names.put("acceptance_length/rollout", "acceptance length");
        return names;
    }

    static String message(Progress.Step step) {
        return String.format(
                Locale.ROOT,
                "Step %d/%d: %straining loss=%.4f, beta=%.4f",
                step.step(),
                step.totalSteps(),
                described(step.figures()),
                step.get(Figure.TRAIN_LOSS),
                step.get(Figure.BETA));
    }

    private static String described(Map<String, Double> metrics) {
        StringBuilder text = new StringBuilder();
        LEADING.forEach((metric, name) -> {
            Double value = metrics.get(metric);
            if (value != null) {
                text.append(String.format(Locale.ROOT, "%s=%.4f, ", name, value));
            }
        });
        return text.toString();
    }

    static Map<String, Object> data(Progress.Step step) {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("step", step.step());
        data.put("total_steps", step.totalSteps());
        data.putAll(step.figures());
        OF_THE_SERIES.forEach(figure -> data.remove(figure.wireName()));
        return data;
    }

    static String message(Progress.Validation validation) {
        Double loss = validation.loss();
        return String.format(
                Locale.ROOT,
                "Step %d: full validation %s%sbeta=%.4f",
                validation.step(),
                described(validation.metrics()),
                loss == null ? "" : String.format(Locale.ROOT, "loss=%.4f, ", loss),
                validation.beta());
    }

    static Map<String, Object> data(Progress.Validation validation) {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("step", validation.step());
        put(data, "full_valid_loss", validation.loss());
        put(data, "full_valid_mean_token_accuracy", validation.tokenAccuracy());
        data.put("beta", validation.beta());
        validation.metrics().forEach((name, value) -> data.put("full_valid_" + name, value));
        return data;
    }

    private static void put(Map<String, Object> data, String key, @Nullable Double value) {
        if (value != null && Double.isFinite(value)) {
            data.put(key, value);
        }
    }
}
