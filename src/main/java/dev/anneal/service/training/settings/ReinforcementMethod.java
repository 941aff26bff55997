package dev.anneal.service.training.settings;

import dev.anneal.engine.text.rows.DatasetFormat;
import dev.anneal.protocol.Setting;
import dev.anneal.protocol.TrainingMethod;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import dev.anneal.service.platform.request.GraderObjects;
import dev.anneal.service.platform.request.KeyTable;
import dev.anneal.service.platform.request.StrictObject;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The method {@code reinforcement}: reads {@code method.reinforcement}, {@code anneal.rollouts}, and its
 * {@code anneal.loss}. Defaults are TRL's.
 */
final class ReinforcementMethod extends MethodRules<TrainingMethod.Reinforcement> {

    /** Completions of a prompt if {@code compute_multiplier} is 1. */
    private static final int GROUP_SIZE =
            KeyTable.of(TrainingMethod.Rollouts.class).defaults().groupSize();

    /** Path of the grader in a request. */
    private static final String GRADER = "method.reinforcement.grader";

    private static final String DRAFT = "draft";

    /** Share of the base learning rate for reinforcement learning. */
    private static final double LEARNING_RATE_SHARE = 0.5;

    ReinforcementMethod() {
        super(TrainingMethod.REINFORCEMENT, DatasetFormat.REINFORCEMENT, LEARNING_RATE_SHARE);
    }

    /**
     * Hyperparameters of this method alone.
     *
     * @param computeMultiplier scales the number of completions
     * @param reasoningEffort cannot be controlled here
     */
    record ReinforcementHyperparameters(
            @Setting(range = "[0.25, 32]", auto = true) @Nullable
            Double computeMultiplier,

            @Setting(range = Setting.STEPS, auto = true) @Nullable
            Integer evalInterval,

            @Setting(byDefault = "1", range = "[1, 256]", auto = true)
            int evalSamples,

            @Setting(byDefault = "default", choices = "default")
            String reasoningEffort) {}

    @Override
    Read read(StrictObject body, StrictObject reinforcement, StrictObject anneal) {
        refuseSupervisedOnly(body, anneal);
        Map<String, @Nullable Object> grader = reinforcement.map("grader");
        if (grader == null) {
            throw new Refusal(
                    RefusalCode.MISSING_PARAMETER,
                    "'method.reinforcement.grader' is required: it gives completions their rewards, for example"
                            + " {\"type\": \"string_check\", \"name\": \"exact\", \"input\":"
                            + " \"{{sample.output_text}}\","
                            + " \"reference\": \"{{item.answer}}\", \"operation\": \"eq\"}",
                    GRADER);
        }
        GraderObjects.read(grader, GRADER);
        StrictObject hyperparameters = reinforcement.objectOrEmpty("hyperparameters");
        ReinforcementHyperparameters own = hyperparameters.read(ReinforcementHyperparameters.class);
        StrictObject rollouts = anneal.objectOrEmpty("rollouts");
        StrictObject loss = anneal.objectOrEmpty("loss");
        TrainingMethod.Policy policy = loss.read(TrainingMethod.Policy.class);
        TrainingMethod method = new TrainingMethod.Reinforcement(
                grader,
                rollouts(rollouts, own.computeMultiplier),
                draft(anneal),
                loss.has("clip_high") ? policy : policy.clippedAlike(),
                own.evalSamples);
        Read read = new Read(method, hyperparameters(hyperparameters), own.evalInterval);
        rollouts.refuseOthers();
        loss.refuseOthers();
        return read;
    }

    private static TrainingMethod.@Nullable RolloutDraft draft(StrictObject anneal) {
        String name = anneal.text(DRAFT);
        return name == null ? null : new TrainingMethod.RolloutDraft(name, null);
    }

    private static TrainingMethod.Rollouts rollouts(StrictObject given, @Nullable Double multiplier) {
        TrainingMethod.Rollouts rollouts = given.read(TrainingMethod.Rollouts.class);
        if (multiplier == null) {
            return rollouts;
        }
        if (given.has("group_size")) {
            throw Refusal.invalidValue(
                    "anneal.rollouts.group_size",
                    ("'anneal.rollouts.group_size' and 'compute_multiplier', which multiplies its default of %d,"
                                    + " are both given; leave one of them out")
                            .formatted(GROUP_SIZE));
        }
        return rollouts.withGroupSize((int) Math.round(GROUP_SIZE * multiplier));
    }

    @Override
    public ModelProfile drafting(TrainingMethod.Reinforcement method, ModelProfile base) {
        TrainingMethod.RolloutDraft draft = method.draft();
        TrainingMethod.RolloutDraft.Found found = draft == null ? null : draft.found();
        return found == null || found.head() == null ? base : EagleHeads.profile(found.kind(), found.head(), base);
    }

    /** Completions are assumed to have half their maximum length. */
    @Override
    SequenceShape shape(TrainingMethod.Reinforcement method, int contextTokens) {
        TrainingMethod.Rollouts rollouts = method.rollouts();
        int updates = rollouts.updates();
        double reference = method.policy().klWeight() > 0 ? 1 : 0;
        double old = updates > 1 ? 1.0 / updates : 0;
        int most = Math.min(rollouts.maxCompletionTokens(), contextTokens);
        return new SequenceShape(
                1,
                rollouts.groupSize(),
                most,
                most / 2.0,
                contextTokens,
                updates,
                method.evaluationSamples(),
                reference + old,
                0);
    }

    @Override
    public Map<String, Object> hyperparameters(
            TrainingMethod.Reinforcement method, @Nullable Integer evaluationInterval) {
        double multiplier = (double) method.rollouts().groupSize() / GROUP_SIZE;
        return KeyTable.shown(new ReinforcementHyperparameters(
                multiplier, evaluationInterval, method.evaluationSamples(), "default"));
    }

    @Override
    public Map<String, Object> loss(TrainingMethod.Reinforcement method) {
        return KeyTable.shown(method.policy());
    }

    @Override
    public Map<String, Object> rollouts(TrainingMethod.Reinforcement method) {
        return KeyTable.shown(method.rollouts());
    }

    /** A policy's loss is about 0 by construction. */
    @Override
    public boolean isLossFalling() {
        return false;
    }

    @Override
    public String causeOfNoGradient() {
        return "; completions of a prompt that are all graded alike have no gradient";
    }
}
