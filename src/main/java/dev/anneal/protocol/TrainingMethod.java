package dev.anneal.protocol;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A training method with its own settings. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = TrainingMethod.Supervised.class, name = TrainingMethod.SUPERVISED),
    @JsonSubTypes.Type(value = TrainingMethod.Dpo.class, name = TrainingMethod.DPO),
    @JsonSubTypes.Type(value = TrainingMethod.Reinforcement.class, name = TrainingMethod.REINFORCEMENT),
    @JsonSubTypes.Type(value = TrainingMethod.SpeculativeDraft.class, name = TrainingMethod.SPECULATIVE_DRAFT)
})
public sealed interface TrainingMethod {

    String SUPERVISED = "supervised";
    String DPO = "dpo";
    String REINFORCEMENT = "reinforcement";
    String SPECULATIVE_DRAFT = "speculative_draft";

    /** The method's name in OpenAI's API. */
    String wireName();

    /** The {@code param} of errors about a key of the method's object in a request. */
    default String param(String key) {
        return "method.%s.%s".formatted(wireName(), key);
    }

    /** The request's grader of completions; null if the method grades nothing. */
    default @Nullable Map<String, @Nullable Object> grader() {
        return null;
    }

    /** This method with its grader, if it has one, changed. */
    default TrainingMethod withGrader(UnaryOperator<Map<String, @Nullable Object>> change) {
        return this;
    }

    /** Name of the target whose draft is trained; null if no draft is. */
    default @Nullable String verifiedBy() {
        return null;
    }

    /** Kind of the draft that is trained if it is a head of its target and no model by itself; otherwise null. */
    default @Nullable String headKind() {
        return null;
    }

    default boolean trainsHead() {
        return headKind() != null;
    }

    /** The draft that proposes tokens of what is sampled; null for none. */
    default @Nullable RolloutDraft rolloutDraft() {
        return null;
    }

    /** Name of {@link #rolloutDraft}. */
    default @Nullable String draftedBy() {
        RolloutDraft draft = rolloutDraft();
        return draft == null ? null : draft.name();
    }

    /** Maximum number of tokens sampled after those of a row; 0 if the method samples nothing. */
    default int maxCompletionTokens() {
        return 0;
    }

    /** The method's own settings under their names in model cards. */
    default List<Map.Entry<String, Object>> described() {
        return List.of();
    }

    /** Raises the likelihood of given answers. */
    record Supervised() implements TrainingMethod {

        @Override
        public String wireName() {
            return SUPERVISED;
        }
    }

    /**
     * Learns from pairs of a preferred and another answer (Rafailov et al. 2023).
     *
     * @param beta weight of the divergence from the reference, above 0
     * @param loss {@code sigmoid}, {@code ipo}, {@code hinge} or {@code robust}
     * @param labelSmoothing assumed share of pairs in the wrong order, 0 to below 0.5
     */
    record Dpo(double beta, String loss, double labelSmoothing) implements TrainingMethod {

        @Override
        public String wireName() {
            return DPO;
        }

        @Override
        public List<Map.Entry<String, Object>> described() {
            return List.of(
                    Map.entry("preference loss", loss),
                    Map.entry("preference beta", beta),
                    Map.entry("label smoothing", labelSmoothing));
        }
    }

    /**
     * Learns from rewards of sampled completions (GRPO and its variants, Shao et al. 2024).
     *
     * @param grader grader object of the request
     * @param draft draft that proposes tokens of completions; null for none
     * @param evaluationSamples number of completions of each prompt of the validation file
     */
    record Reinforcement(
            Map<String, @Nullable Object> grader,
            Rollouts rollouts,
            @Nullable RolloutDraft draft,
            Policy policy,
            int evaluationSamples)
            implements TrainingMethod {

        @Override
        public String wireName() {
            return REINFORCEMENT;
        }

        @Override
        public Reinforcement withGrader(UnaryOperator<Map<String, @Nullable Object>> change) {
            return new Reinforcement(change.apply(grader), rollouts, draft, policy, evaluationSamples);
        }

        /** The same method with another draft. */
        public Reinforcement with(RolloutDraft other) {
            return new Reinforcement(grader, rollouts, other, policy, evaluationSamples);
        }

        @Override
        public @Nullable RolloutDraft rolloutDraft() {
            return draft;
        }

        @Override
        public int maxCompletionTokens() {
            return rollouts.maxCompletionTokens();
        }
    }

    /**
     * A draft that proposes tokens of completions. It changes none of them.
     *
     * @param name name of the tuned draft, as the client gave it
     * @param found what it is; null until the request is admitted
     */
    record RolloutDraft(String name, @Nullable Found found) {

        /**
         * A draft as its job trained it.
         *
         * @param base its base model; of a head, its target's
         * @param revision the base model's commit on the Hub; null for one from the operator's folder
         * @param kind as in {@link SpeculativeDraft}
         * @param head its shape; null for the kind {@code model}
         */
        public record Found(
                String base,
                @Nullable String revision,
                String kind,
                @Nullable EagleHead head) {}
    }

    /**
     * Trains a draft for speculative decoding, which proposes the tokens that a target model will choose (Leviathan et
     * al. 2023; EAGLE: Li et al. 2024, 2025).
     *
     * @param target name of the model that verifies the proposals, as the client gave it
     * @param kind {@code model}, {@code eagle3} or {@code eagle1}
     * @param loss divergence from the target's distribution that is minimised: {@code kl_div}, {@code rkl} or
     *     {@code tv}
     * @param speculativeTokens number of tokens that are proposed at a time where acceptance is measured
     * @param evaluation how the acceptance length is measured
     * @param regeneration how the target writes the answers that are trained on; null to train on those of the file
     * @param head shape and training of an EAGLE head; null for the kind {@code model}
     * @param hiddenStateCacheBytes most bytes of the target's hidden states that are kept in memory for rows that a
     *     head reads again; 0 to keep none
     */
    record SpeculativeDraft(
            String target,
            String kind,
            String loss,
            int speculativeTokens,
            AcceptanceEvaluation evaluation,
            @Nullable Regeneration regeneration,
            @Nullable EagleHead head,
            long hiddenStateCacheBytes)
            implements TrainingMethod {

        /** A small language model with the target's tokenizer. */
        public static final String MODEL = "model";

        /** One decoder layer over three hidden states of the target. */
        public static final String EAGLE3 = "eagle3";

        /** One decoder layer over the target's last hidden state. */
        public static final String EAGLE1 = "eagle1";

        @Override
        public String wireName() {
            return SPECULATIVE_DRAFT;
        }

        @Override
        public String verifiedBy() {
            return target;
        }

        /** The same training of another head. */
        public SpeculativeDraft with(EagleHead other) {
            return new SpeculativeDraft(
                    target, kind, loss, speculativeTokens, evaluation, regeneration, other, hiddenStateCacheBytes);
        }

        @Override
        public @Nullable String headKind() {
            return kind.equals(MODEL) ? null : kind;
        }

        @Override
        public List<Map.Entry<String, Object>> described() {
            return List.of(
                    Map.entry("draft kind", kind),
                    Map.entry("target", target),
                    Map.entry("loss", loss),
                    Map.entry("speculative tokens", speculativeTokens));
        }
    }

    /**
     * How the acceptance length of a draft is measured: the target answers prompts of the validation file with it,
     * greedily and at temperature 1.
     *
     * @param prompts maximum number of prompts
     * @param maxTokens maximum number of tokens of an answer
     */
    record AcceptanceEvaluation(
            @Setting(byDefault = "16", range = "[1, 1024]") int prompts,

            @Setting(byDefault = "64", range = Setting.TOKENS)
            int maxTokens) {}

    /**
     * How a target writes the answers that its draft learns from.
     *
     * @param temperature 0 for greedy answers
     * @param maxTokens maximum number of tokens of an answer
     */
    record Regeneration(
            @Setting(byDefault = "1", range = "[0, 2]") double temperature,

            @Setting(byDefault = "512", range = Setting.TOKENS)
            int maxTokens) {

        /** Number of rows that are answered together. */
        public static final int ROWS_AT_ONCE = 64;
    }

    /**
     * Shape and training of an EAGLE head. The switches are those of Speculators' configuration.
     *
     * @param layers layers of the target whose inputs, residual streams, the head reads; the number of layers stands
     *     for the output of the last one
     * @param vocabularySize number of tokens that the head can propose, the most frequent ones of the training file
     * @param steps number of training-time-test steps, of which each reads the hidden states of the one before it
     * @param decay factor of each step's loss against that of the step before it
     */
    record EagleHead(
            @Setting(key = "layer_ids") List<Integer> layers,
            @Setting(key = "draft_vocab_size") int vocabularySize,
            @Setting(key = "ttt_steps") int steps,
            @Setting(key = "ttt_step_loss_decay") double decay,
            @Setting boolean normBeforeResidual,
            @Setting boolean normBeforeFc,
            @Setting boolean fcNorm,
            @Setting boolean normOutput) {

        public EagleHead {
            layers = List.copyOf(layers);
        }

        /** The same head for other layers and tokens of its target. */
        public EagleHead reading(List<Integer> streams, int tokens) {
            return new EagleHead(streams, tokens, steps, decay, normBeforeResidual, normBeforeFc, fcNorm, normOutput);
        }

        /**
         * The same head with another number of training-time-test steps.
         *
         * @param tests number of these steps
         * @param factor the {@code decay} of their losses
         */
        public EagleHead trainedBy(int tests, double factor) {
            return new EagleHead(
                    layers, vocabularySize, tests, factor, normBeforeResidual, normBeforeFc, fcNorm, normOutput);
        }
    }

    /**
     * How completions are sampled: {@code anneal.rollouts}.
     *
     * @param groupSize number of completions of each prompt
     * @param maxCompletionTokens maximum number of tokens of a completion
     * @param topK 0 keeps all tokens
     * @param topP 1 keeps all tokens
     * @param minP 0 keeps all tokens
     * @param updates number of optimizer steps on each rollout
     * @param sampleInterval every how many rollouts completions are reported with their texts
     */
    record Rollouts(
            @Setting(byDefault = "8", range = "[2, 256]") int groupSize,

            @Setting(byDefault = "512", range = Setting.TOKENS)
            int maxCompletionTokens,

            @Setting(byDefault = "1", range = "[0.1, 10]") double temperature,

            @Setting(byDefault = "0", range = "[0, 2147483647]")
            int topK,

            @Setting(byDefault = "1", range = "(0, 1]") double topP,
            @Setting(byDefault = "0", range = "[0, 1)") double minP,
            @Setting(byDefault = "1", range = "[1, 64]") int updates,

            @Setting(byDefault = "10", range = Setting.STEPS)
            int sampleInterval) {

        /** The same with groups of another size. */
        public Rollouts withGroupSize(int other) {
            return new Rollouts(other, maxCompletionTokens, temperature, topK, topP, minP, updates, sampleInterval);
        }
    }

    /**
     * How the policy is updated: {@code anneal.loss}.
     *
     * @param clipLow the ratio of probabilities is clipped at this far below 1
     * @param clipHigh the ratio is clipped at this far above 1
     * @param klWeight weight of the divergence from the base model; 0 computes none
     * @param scaleRewards divisor of advantages: the standard deviation of the {@code group} or of the {@code batch},
     *     or {@code none}
     * @param maskTruncated whether truncated completions are left out of the loss
     */
    record Policy(
            @Setting(key = "type", byDefault = "dapo", choices = "dapo, grpo, bnpo, dr_grpo, gspo")
            String loss,

            @Setting(byDefault = "0.2", range = "(0, 1]") double clipLow,
            @Setting(byDefault = "0.2", range = "(0, 10]") double clipHigh,
            @Setting(byDefault = "0", range = "[0, 10]") double klWeight,

            @Setting(byDefault = "group", choices = "group, batch, none")
            String scaleRewards,

            @Setting(byDefault = "false") boolean maskTruncated) {

        /** The same, clipped as far above 1 as below. */
        public Policy clippedAlike() {
            return new Policy(loss, clipLow, clipLow, klWeight, scaleRewards, maskTruncated);
        }
    }
}
