package dev.anneal.service.training.settings;

import dev.anneal.engine.text.rows.DatasetFormat;
import dev.anneal.protocol.TrainingMethod;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.request.StrictObject;

/** The method {@code supervised}. */
final class SupervisedMethod extends MethodRules<TrainingMethod.Supervised> {

    SupervisedMethod() {
        super(TrainingMethod.SUPERVISED, DatasetFormat.CHAT, 1);
    }

    /**
     * Hyperparameters are in {@code method.supervised}, or at the top level as older clients send them, but not in
     * both.
     */
    @Override
    Read read(StrictObject body, StrictObject supervised, StrictObject anneal) {
        if (anneal.has("loss")) {
            throw Refusal.invalidValue(
                    "anneal.loss",
                    "'anneal.loss' is given, but the method 'supervised' has one loss, the negative log-likelihood;"
                            + " leave it out");
        }
        StrictObject deprecated = body.object("hyperparameters");
        StrictObject current = supervised.object("hyperparameters");
        if (deprecated != null && current != null) {
            throw Refusal.invalidValue(
                    "hyperparameters",
                    "'hyperparameters' and 'method.supervised.hyperparameters' are both given; leave out the former,"
                            + " which is deprecated");
        }
        StrictObject given = (deprecated == null ? supervised : body).objectOrEmpty("hyperparameters");
        return new Read(new TrainingMethod.Supervised(), hyperparameters(given), null);
    }

    @Override
    public boolean isLossLikelihood() {
        return true;
    }
}
