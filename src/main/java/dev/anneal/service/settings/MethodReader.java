package dev.anneal.service.settings;

import dev.anneal.protocol.TrainingMethod;
import dev.anneal.service.refusal.Refusal;
import dev.anneal.service.refusal.RefusalCode;
import dev.anneal.service.request.StrictObject;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the request's {@code method}, and its hyperparameters where older clients put them. */
final class MethodReader {

    private static final List<String> METHODS =
            List.of(TrainingMethod.SUPERVISED, TrainingMethod.DPO, TrainingMethod.REINFORCEMENT);

    private MethodReader() {}

    /** What a job learns from, with the hyperparameters that every method has. */
    record Read(TrainingMethod method, Hyperparameters hyperparameters) {}

    static Read read(StrictObject body) {
        StrictObject method = body.object("method");
        if (method == null) {
            return supervised(body, null);
        }
        String type = method.requiredText("type");
        if (!METHODS.contains(type)) {
            throw method.invalid("type", "must be 'supervised'", type);
        }
        if (!type.equals(TrainingMethod.SUPERVISED)) {
            throw new Refusal(
                    RefusalCode.METHOD_NOT_SUPPORTED,
                    "'method.type' is '" + type + "', which this version does not train yet; use 'supervised'",
                    "method.type");
        }
        StrictObject supervised = method.object(TrainingMethod.SUPERVISED);
        method.refuseOthers();
        return supervised(body, supervised);
    }

    /** They stand in {@code method.supervised}, or at the top as older clients send them, but not in both places. */
    private static Read supervised(StrictObject body, @Nullable StrictObject supervised) {
        StrictObject deprecated = body.object("hyperparameters");
        StrictObject current = supervised == null ? null : supervised.object("hyperparameters");
        if (supervised != null) {
            supervised.refuseOthers();
        }
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
    private static Hyperparameters hyperparameters(StrictObject given) {
        return new Hyperparameters(
                given.wholeNumberOrAuto("batch_size", 1, 256),
                given.numberOrAuto("learning_rate_multiplier", value -> value > 0, "above 0"),
                given.wholeNumberOrAuto("n_epochs", 1, 50));
    }
}
