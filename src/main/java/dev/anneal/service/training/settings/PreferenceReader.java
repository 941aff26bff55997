package dev.anneal.service.training.settings;

import dev.anneal.protocol.TrainingMethod;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.request.StrictObject;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads {@code method.dpo} and {@code anneal.loss} as it is meant there. */
final class PreferenceReader {

    static final double BETA = 0.1;

    private static final String SIGMOID = "sigmoid";
    private static final String ROBUST = "robust";
    private static final List<String> LOSSES = List.of(SIGMOID, ROBUST, "hinge", "ipo");

    private PreferenceReader() {}

    static MethodReader.Read read(StrictObject body, @Nullable StrictObject dpo, StrictObject anneal) {
        MethodReader.refuseSupervisedOnly(body, anneal, TrainingMethod.DPO);
        StrictObject given = dpo == null ? null : dpo.object("hyperparameters");
        Double beta = given == null
                ? null
                : given.numberOrAuto("beta", value -> value > 0 && value <= 2, "above 0 and at most 2");
        Hyperparameters hyperparameters = given == null ? Hyperparameters.AUTO : MethodReader.hyperparameters(given);
        if (given != null) {
            given.refuseOthers();
        }
        return new MethodReader.Read(method(beta == null ? BETA : beta, anneal.object("loss")), hyperparameters);
    }

    private static TrainingMethod.Dpo method(double beta, @Nullable StrictObject loss) {
        if (loss == null) {
            return new TrainingMethod.Dpo(beta, SIGMOID, 0);
        }
        String type = loss.choice("type", LOSSES);
        String chosen = type == null ? SIGMOID : type;
        Double smoothing = loss.number("label_smoothing", value -> value >= 0 && value < 0.5, "from 0 to below 0.5");
        loss.refuseOthers();
        if (smoothing != null && smoothing > 0 && !chosen.equals(SIGMOID) && !chosen.equals(ROBUST)) {
            throw Refusal.invalidValue(
                    "anneal.loss.label_smoothing",
                    "'anneal.loss.label_smoothing' is %s, but the loss '%s' has none; leave it out, or use 'sigmoid' or 'robust'"
                            .formatted(smoothing, chosen));
        }
        return new TrainingMethod.Dpo(beta, chosen, smoothing == null ? 0 : smoothing);
    }
}
