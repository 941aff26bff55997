package dev.anneal.service.training.settings;

import dev.anneal.engine.text.rows.DatasetFormat;
import dev.anneal.engine.text.spelling.Spelling;
import dev.anneal.protocol.TrainingMethod;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.request.StrictObject;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The training methods that jobs may name. The engine has its own list, in {@code engine.train}. */
public final class TrainingMethods {

    private static final List<MethodRules<?>> ALL =
            List.of(new SupervisedMethod(), new PreferenceMethod(), new ReinforcementMethod(), new DraftMethod());

    public static final List<String> NAMES =
            ALL.stream().map(rules -> rules.name).toList();

    /** What other trainers call them. */
    private static final Map<String, String> OTHER_NAMES = Map.of(
            "grpo", TrainingMethod.REINFORCEMENT,
            "rft", TrainingMethod.REINFORCEMENT,
            "sft", TrainingMethod.SUPERVISED);

    private TrainingMethods() {}

    /**
     * Reads the request's {@code method}, hyperparameters at the top level, and {@code anneal.loss}.
     *
     * @param anneal the request's {@code anneal} object
     */
    static MethodRules.Read read(StrictObject body, StrictObject anneal) {
        StrictObject method = body.objectOrEmpty("method");
        String type = body.has("method") ? method.requiredText("type") : TrainingMethod.SUPERVISED;
        StrictObject own = method.objectOrEmpty(type);
        MethodRules.Read read = named(type)
                .orElseThrow(() -> method.invalidChoice("type", NAMES, hint(type)))
                .read(body, own, anneal);
        if (read.method().draftedBy() == null && anneal.text("draft") != null) {
            throw Refusal.invalidValue(
                    "anneal.draft",
                    ("'anneal.draft' is given, but it proposes tokens of the rollouts of the method"
                                    + " 'reinforcement', and 'method.type' is '%s'; leave it out")
                            .formatted(type));
        }
        own.refuseOthers();
        method.refuseOthers();
        return read;
    }

    private static String hint(String type) {
        String meant = OTHER_NAMES.get(type.toLowerCase(Locale.ROOT));
        return meant == null ? Spelling.didYouMean(type, NAMES) : Spelling.question(meant);
    }

    public static MethodRules<TrainingMethod> of(TrainingMethod method) {
        return named(method.wireName()).orElseThrow();
    }

    @SuppressWarnings("unchecked") // a method of this name has the type that its rules are for
    static Optional<MethodRules<TrainingMethod>> named(String name) {
        return ALL.stream().filter(rules -> rules.name.equals(name)).findFirst().map(rules ->
                (MethodRules<TrainingMethod>) rules);
    }

    /** Name of the first method that trains on rows of a format. */
    public static String trainingOn(DatasetFormat format) {
        return ALL.stream()
                .filter(rules -> rules.format() == format)
                .findFirst()
                .orElseThrow()
                .name;
    }
}
