package dev.anneal.service.training.settings;

import static dev.anneal.service.training.settings.TrainingOptions.or;

import dev.anneal.engine.text.rows.DatasetFormat;
import dev.anneal.protocol.TrainingMethod;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import dev.anneal.service.platform.request.GraderObjects;
import dev.anneal.service.platform.request.StrictObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The method {@code reinforcement}: reads {@code method.reinforcement}, {@code anneal.rollouts}, and its
 * {@code anneal.loss}. Defaults are TRL's.
 */
final class ReinforcementMethod extends MethodRules<TrainingMethod.Reinforcement> {

    /** Completions of a prompt if {@code compute_multiplier} is 1. */
    private static final int GROUP_SIZE = 8;

    /** Path of the grader in a request. */
    private static final String GRADER = "method.reinforcement.grader";

    private static final String DRAFT = "draft";

    static final int MAX_COMPLETION_TOKENS = 512;
    static final int EVALUATION_SAMPLES = 1;
    static final int SAMPLE_INTERVAL_STEPS = 10;
    static final double CLIP = 0.2;

    private static final List<String> LOSSES = List.of("dapo", "grpo", "bnpo", "dr_grpo", "gspo");
    private static final List<String> SCALES = List.of("group", "batch", "none");
    private static final int MOST_COMPLETIONS = 256;

    /** Share of the base learning rate for reinforcement learning. */
    private static final double LEARNING_RATE_SHARE = 0.5;

    ReinforcementMethod() {
        super(TrainingMethod.REINFORCEMENT, DatasetFormat.REINFORCEMENT, LEARNING_RATE_SHARE);
    }

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
        StrictObject rollouts = anneal.objectOrEmpty("rollouts");
        StrictObject loss = anneal.objectOrEmpty("loss");
        Read read = new Read(
                new TrainingMethod.Reinforcement(
                        grader,
                        rollouts(rollouts, hyperparameters),
                        draft(anneal),
                        policy(loss, rollouts),
                        or(
                                rollouts.wholeNumber("sample_interval", 1, TrainingOptions.MOST_STEPS),
                                SAMPLE_INTERVAL_STEPS)),
                hyperparameters(hyperparameters),
                hyperparameters.wholeNumberOrAuto("eval_interval", 1, TrainingOptions.MOST_STEPS));
        // Reasoning effort cannot be controlled here.
        hyperparameters.choice("reasoning_effort", List.of("default"));
        List.of(hyperparameters, rollouts, loss).forEach(StrictObject::refuseOthers);
        return read;
    }

    private static TrainingMethod.@Nullable RolloutDraft draft(StrictObject anneal) {
        String name = anneal.text(DRAFT);
        return name == null ? null : new TrainingMethod.RolloutDraft(name, null);
    }

    /** OpenAI's {@code compute_multiplier} scales the number of completions. */
    private static TrainingMethod.Rollouts rollouts(StrictObject rollouts, StrictObject hyperparameters) {
        Double multiplier = hyperparameters.numberOrAuto(
                "compute_multiplier", value -> value >= 0.25 && value <= 32, "from 0.25 to 32");
        Integer groupSize = rollouts.wholeNumber("group_size", 2, MOST_COMPLETIONS);
        if (multiplier != null && groupSize != null) {
            throw Refusal.invalidValue(
                    "anneal.rollouts.group_size",
                    ("'anneal.rollouts.group_size' and 'compute_multiplier', which multiplies its default of %d,"
                                    + " are both given; leave one of them out")
                            .formatted(GROUP_SIZE));
        }
        return new TrainingMethod.Rollouts(
                or(groupSize, (int) Math.round(GROUP_SIZE * or(multiplier, 1.0))),
                or(rollouts.wholeNumber("max_completion_tokens", 1, 1_048_576), MAX_COMPLETION_TOKENS),
                or(rollouts.number("temperature", value -> value >= 0.1 && value <= 10, "from 0.1 to 10"), 1.0),
                or(rollouts.wholeNumber("top_k", 0, Integer.MAX_VALUE), 0),
                or(rollouts.number("top_p", value -> value > 0 && value <= 1, "above 0 and at most 1"), 1.0),
                or(rollouts.number("min_p", value -> value >= 0 && value < 1, "from 0 to below 1"), 0.0),
                or(hyperparameters.wholeNumberOrAuto("eval_samples", 1, MOST_COMPLETIONS), EVALUATION_SAMPLES));
    }

    private static TrainingMethod.Policy policy(StrictObject loss, StrictObject rollouts) {
        double clipLow = or(loss.number("clip_low", value -> value > 0 && value <= 1, "above 0 and at most 1"), CLIP);
        return new TrainingMethod.Policy(
                or(loss.choice("type", LOSSES), LOSSES.get(0)),
                clipLow,
                or(loss.number("clip_high", value -> value > 0 && value <= 10, "above 0 and at most 10"), clipLow),
                or(loss.number("kl_weight", value -> value >= 0 && value <= 10, "from 0 to 10"), 0.0),
                or(loss.choice("scale_rewards", SCALES), SCALES.get(0)),
                Boolean.TRUE.equals(loss.flag("mask_truncated")),
                or(rollouts.wholeNumber("updates", 1, 64), 1));
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
        int updates = method.policy().updatesPerRollout();
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
                rollouts.evaluationSamples(),
                reference + old,
                0);
    }

    @Override
    public Map<String, Object> hyperparameters(
            TrainingMethod.Reinforcement method, @Nullable Integer evaluationInterval) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("compute_multiplier", (double) method.rollouts().groupSize() / GROUP_SIZE);
        shown.put("eval_interval", evaluationInterval == null ? "auto" : evaluationInterval);
        shown.put("eval_samples", method.rollouts().evaluationSamples());
        shown.put("reasoning_effort", "default");
        return shown;
    }

    @Override
    public Map<String, Object> loss(TrainingMethod.Reinforcement method) {
        TrainingMethod.Policy policy = method.policy();
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("type", policy.loss());
        shown.put("clip_low", policy.clipLow());
        shown.put("clip_high", policy.clipHigh());
        shown.put("kl_weight", policy.klWeight());
        shown.put("scale_rewards", policy.scaleRewards());
        shown.put("mask_truncated", policy.maskTruncated());
        return shown;
    }

    @Override
    public Map<String, Object> rollouts(TrainingMethod.Reinforcement method) {
        TrainingMethod.Rollouts rollouts = method.rollouts();
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("group_size", rollouts.groupSize());
        shown.put("max_completion_tokens", rollouts.maxCompletionTokens());
        shown.put("temperature", rollouts.temperature());
        shown.put("top_k", rollouts.topK());
        shown.put("top_p", rollouts.topP());
        shown.put("min_p", rollouts.minP());
        shown.put("updates", method.policy().updatesPerRollout());
        shown.put("sample_interval", method.sampleInterval());
        return shown;
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
