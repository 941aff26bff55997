package dev.anneal.service.training.settings;

import dev.anneal.engine.text.rows.DatasetFormat;
import dev.anneal.protocol.Setting;
import dev.anneal.protocol.TrainingMethod;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.request.KeyTable;
import dev.anneal.service.platform.request.StrictObject;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The method {@code dpo}: reads {@code method.dpo} and its {@code anneal.loss}. */
final class PreferenceMethod extends MethodRules<TrainingMethod.Dpo> {

    /**
     * Pairs change an adapter much more than answers do: at the full rate both answers become unlikely
     * (docs/training-settings.md).
     */
    private static final double LEARNING_RATE_SHARE = 0.05;

    PreferenceMethod() {
        super(TrainingMethod.DPO, DatasetFormat.PREFERENCE, LEARNING_RATE_SHARE);
    }

    /** Hyperparameters of this method alone. */
    record PreferenceHyperparameters(
            @Setting(byDefault = "0.1", range = "(0, 2]", auto = true)
            double beta) {}

    /** {@code anneal.loss}. */
    record Loss(
            @Setting(byDefault = "sigmoid", choices = "sigmoid, robust, hinge, ipo")
            String type,

            @Setting(byDefault = "0", range = "[0, 0.5)") double labelSmoothing) {

        boolean isSmoothable() {
            return type.equals("sigmoid") || type.equals("robust");
        }
    }

    @Override
    Read read(StrictObject body, StrictObject dpo, StrictObject anneal) {
        refuseSupervisedOnly(body, anneal);
        StrictObject given = dpo.objectOrEmpty("hyperparameters");
        double beta = given.read(PreferenceHyperparameters.class).beta;
        Hyperparameters hyperparameters = hyperparameters(given);
        Loss loss = anneal.objectOrEmpty("loss").readAll(Loss.class);
        if (loss.labelSmoothing > 0 && !loss.isSmoothable()) {
            throw Refusal.invalidValue(
                    "anneal.loss.label_smoothing",
                    ("'anneal.loss.label_smoothing' is %s, but the loss '%s' has none; leave it out, or use"
                                    + " 'sigmoid' or 'robust'")
                            .formatted(loss.labelSmoothing, loss.type));
        }
        return new Read(new TrainingMethod.Dpo(beta, loss.type, loss.labelSmoothing), hyperparameters, null);
    }

    /** Both rows of a pair; the reference model reads the files first. */
    @Override
    SequenceShape shape(TrainingMethod.Dpo method, int contextTokens) {
        return SequenceShape.ofRows(2, contextTokens, 1);
    }

    @Override
    public Map<String, Object> hyperparameters(TrainingMethod.Dpo method, @Nullable Integer evaluationInterval) {
        return KeyTable.shown(new PreferenceHyperparameters(method.beta()));
    }

    @Override
    public Map<String, Object> loss(TrainingMethod.Dpo method) {
        return KeyTable.shown(new Loss(method.loss(), method.labelSmoothing()));
    }
}
