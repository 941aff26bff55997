package dev.anneal.service.training.settings;

import static dev.anneal.service.training.settings.TrainingOptions.or;

import dev.anneal.engine.text.rows.DatasetFormat;
import dev.anneal.protocol.TrainingMethod;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.request.StrictObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The method {@code dpo}: reads {@code method.dpo} and its {@code anneal.loss}. */
final class PreferenceMethod extends MethodRules<TrainingMethod.Dpo> {

    private static final double BETA = 0.1;

    private static final String SIGMOID = "sigmoid";
    private static final String ROBUST = "robust";
    private static final List<String> LOSSES = List.of(SIGMOID, ROBUST, "hinge", "ipo");

    /**
     * Pairs change an adapter much more than answers do: at the full rate both answers become unlikely
     * (docs/training-settings.md).
     */
    private static final double LEARNING_RATE_SHARE = 0.05;

    PreferenceMethod() {
        super(TrainingMethod.DPO, DatasetFormat.PREFERENCE, LEARNING_RATE_SHARE);
    }

    @Override
    Read read(StrictObject body, StrictObject dpo, StrictObject anneal) {
        refuseSupervisedOnly(body, anneal);
        StrictObject given = dpo.objectOrEmpty("hyperparameters");
        Double beta = given.numberOrAuto("beta", value -> value > 0 && value <= 2, "above 0 and at most 2");
        Hyperparameters hyperparameters = hyperparameters(given);
        given.refuseOthers();
        return new Read(method(or(beta, BETA), anneal.objectOrEmpty("loss")), hyperparameters, null);
    }

    private static TrainingMethod.Dpo method(double beta, StrictObject loss) {
        String type = or(loss.choice("type", LOSSES), SIGMOID);
        double smoothing =
                or(loss.number("label_smoothing", value -> value >= 0 && value < 0.5, "from 0 to below 0.5"), 0.0);
        loss.refuseOthers();
        if (smoothing > 0 && !type.equals(SIGMOID) && !type.equals(ROBUST)) {
            throw Refusal.invalidValue(
                    "anneal.loss.label_smoothing",
                    ("'anneal.loss.label_smoothing' is %s, but the loss '%s' has none; leave it out, or use"
                                    + " 'sigmoid' or 'robust'")
                            .formatted(smoothing, type));
        }
        return new TrainingMethod.Dpo(beta, type, smoothing);
    }

    /** Both rows of a pair; the reference model reads the files first. */
    @Override
    SequenceShape shape(TrainingMethod.Dpo method, int contextTokens) {
        return SequenceShape.ofRows(2, contextTokens, 1);
    }

    @Override
    public Map<String, Object> hyperparameters(TrainingMethod.Dpo method, @Nullable Integer evaluationInterval) {
        return Map.of("beta", method.beta());
    }

    @Override
    public Map<String, Object> loss(TrainingMethod.Dpo method) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("type", method.loss());
        shown.put("label_smoothing", method.labelSmoothing());
        return shown;
    }
}
