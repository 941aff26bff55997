package dev.anneal.service.training.settings;

import dev.anneal.protocol.TrainingMethod;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.request.StrictObject;
import java.util.List;
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
            @Nullable Integer evaluationInterval) {}

    /** @param anneal the request's {@code anneal} object */
    static Read read(StrictObject body, StrictObject anneal) {
        StrictObject method = body.objectOrEmpty("method");
        String type = body.has("method") ? method.requiredText("type") : TrainingMethod.SUPERVISED;
        StrictObject own = method.objectOrEmpty(type);
        Read read = TrainingMethods.named(type)
                .orElseThrow(() -> body.invalid("method.type", "must be " + quoted(TrainingMethods.NAMES), type))
                .read(body, own, anneal);
        own.refuseOthers();
        method.refuseOthers();
        return read;
    }

    private static String quoted(List<String> names) {
        int last = names.size() - 1;
        return "'" + String.join("', '", names.subList(0, last)) + "' or '" + names.get(last) + "'";
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
