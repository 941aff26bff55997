package dev.anneal.service.training.settings;

import dev.anneal.protocol.TrainingMethod;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.request.StrictObject;
import org.jspecify.annotations.Nullable;

/** Reads the request's {@code method}, its hyperparameters where older clients put them, and {@code anneal.loss}, which is the method's. */
final class MethodReader {

    private MethodReader() {}

    /**
     * What a job learns from, with the hyperparameters that every method has.
     *
     * @param evaluationInterval steps, where the method's hyperparameters say them
     */
    record Read(
            TrainingMethod method,
            Hyperparameters hyperparameters,
            @Nullable Integer evaluationInterval) {

        Read(TrainingMethod method, Hyperparameters hyperparameters) {
            this(method, hyperparameters, null);
        }
    }

    /** @param anneal the request's {@code anneal} object */
    static Read read(StrictObject body, StrictObject anneal) {
        StrictObject method = body.object("method");
        String type = method == null ? TrainingMethod.SUPERVISED : method.requiredText("type");
        StrictObject own = method == null ? null : method.object(type);
        Read read = switch (type) {
            case TrainingMethod.SUPERVISED -> supervised(body, own, anneal);
            case TrainingMethod.DPO -> PreferenceReader.read(body, own, anneal);
            case TrainingMethod.REINFORCEMENT -> ReinforcementReader.read(body, own, anneal);
            default -> throw body.invalid("method.type", "must be 'supervised', 'dpo' or 'reinforcement'", type);
        };
        if (own != null) {
            own.refuseOthers();
        }
        if (method != null) {
            method.refuseOthers();
        }
        return read;
    }

    /** They stand in {@code method.supervised}, or at the top as older clients send them, but not in both places. */
    private static Read supervised(StrictObject body, @Nullable StrictObject supervised, StrictObject anneal) {
        if (anneal.has("loss")) {
            throw Refusal.invalidValue(
                    "anneal.loss",
                    "'anneal.loss' is given, but the method 'supervised' has one loss, the negative log-likelihood; leave it out");
        }
        StrictObject deprecated = body.object("hyperparameters");
        StrictObject current = supervised == null ? null : supervised.object("hyperparameters");
        if (deprecated != null && current != null) {
            throw Refusal.invalidValue(
                    "hyperparameters",
                    "'hyperparameters' and 'method.supervised.hyperparameters' are both given; leave out the former, which is deprecated");
        }
        StrictObject given = current == null ? deprecated : current;
        Hyperparameters hyperparameters = given == null ? Hyperparameters.AUTO : hyperparameters(given);
        if (given != null) {
            given.refuseOthers();
        }
        return new Read(new TrainingMethod.Supervised(), hyperparameters);
    }

    /** Those that every method has. */
    static Hyperparameters hyperparameters(StrictObject given) {
        return new Hyperparameters(
                given.wholeNumberOrAuto("batch_size", 1, 256),
                given.numberOrAuto("learning_rate_multiplier", value -> value > 0, "above 0"),
                given.wholeNumberOrAuto("n_epochs", 1, 50));
    }

    /** Refuses what supervised training alone can do. */
    static void refuseSupervisedOnly(StrictObject body, StrictObject anneal, String method) {
        if (body.has("hyperparameters")) {
            throw Refusal.invalidValue(
                    "hyperparameters",
                    "'hyperparameters' at the top is the method 'supervised's; give 'method.%s.hyperparameters'"
                            .formatted(method));
        }
        if ("none".equals(anneal.text("adapter"))) {
            throw Refusal.invalidValue(
                    "anneal.adapter",
                    "'anneal.adapter' is 'none', but the method '%s' trains adapters alone; leave it out, or use the method 'supervised'"
                            .formatted(method));
        }
        if (Boolean.TRUE.equals(anneal.flag("packing"))) {
            throw Refusal.invalidValue(
                    "anneal.packing",
                    "'anneal.packing' is true, but a batch of the method '%s' counts whole rows of its file; leave it out"
                            .formatted(method));
        }
    }
}
