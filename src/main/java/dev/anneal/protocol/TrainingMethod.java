package dev.anneal.protocol;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What a training learns from, with the settings that no other method has. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = TrainingMethod.Supervised.class, name = TrainingMethod.SUPERVISED),
    @JsonSubTypes.Type(value = TrainingMethod.Dpo.class, name = TrainingMethod.DPO),
    @JsonSubTypes.Type(value = TrainingMethod.Reinforcement.class, name = TrainingMethod.REINFORCEMENT)
})
public sealed interface TrainingMethod {

    String SUPERVISED = "supervised";
    String DPO = "dpo";
    String REINFORCEMENT = "reinforcement";

    /** The method's name as OpenAI's API has it. */
    String wireName();

    /** The name that refusals give to a key of the method's object in a request. */
    default String param(String key) {
        return "method.%s.%s".formatted(wireName(), key);
    }

    /** What gives completions their rewards, as the request has it; null if the method grades nothing. */
    default @Nullable Map<String, @Nullable Object> grader() {
        return null;
    }

    /** This method with another grader in place of its own, if it has one. */
    default TrainingMethod withGrader(UnaryOperator<Map<String, @Nullable Object>> change) {
        return this;
    }

    /** Most tokens that are sampled after those of a row; 0 if the method samples nothing. */
    default int maxCompletionTokens() {
        return 0;
    }

    /** The method's own settings by their names in model cards. */
    default List<Map.Entry<String, Object>> described() {
        return List.of();
    }

    /** From answers: their likelihood is raised. */
    record Supervised() implements TrainingMethod {

        @Override
        public String wireName() {
            return SUPERVISED;
        }
    }

    /**
     * From pairs of answers of which one is preferred (Rafailov et al. 2023).
     *
     * @param beta weight of the divergence from the reference, above 0
     * @param loss {@code sigmoid}, {@code ipo}, {@code hinge} or {@code robust}
     * @param labelSmoothing share of pairs that are taken to be the wrong way round, 0 to below 0.5
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
     * From rewards of sampled completions (GRPO and its kin, Shao et al. 2024).
     *
     * @param grader what gives a completion its reward, as the request has it
     * @param sampleInterval rollouts between those whose completions are reported word for word
     */
    record Reinforcement(Map<String, @Nullable Object> grader, Rollouts rollouts, Policy policy, int sampleInterval)
            implements TrainingMethod {

        @Override
        public String wireName() {
            return REINFORCEMENT;
        }

        @Override
        public Reinforcement withGrader(UnaryOperator<Map<String, @Nullable Object>> change) {
            return new Reinforcement(change.apply(grader), rollouts, policy, sampleInterval);
        }

        @Override
        public int maxCompletionTokens() {
            return rollouts.maxCompletionTokens();
        }
    }

    /**
     * How completions are sampled.
     *
     * @param groupSize completions of each prompt, at least 2
     * @param maxCompletionTokens tokens after which a completion is cut
     * @param topK 0 keeps all tokens
     * @param topP 1 keeps all tokens
     * @param minP 0 keeps all tokens
     * @param evaluationSamples completions of each prompt of the validation file
     */
    record Rollouts(
            int groupSize,
            int maxCompletionTokens,
            double temperature,
            int topK,
            double topP,
            double minP,
            int evaluationSamples) {}

    /**
     * How rewards change the policy.
     *
     * @param loss {@code grpo}, {@code bnpo}, {@code dr_grpo}, {@code dapo} or {@code gspo}
     * @param clipLow how far below 1 the ratio of probabilities counts
     * @param clipHigh how far above 1 it counts
     * @param klWeight weight of the divergence from the base model; 0 computes none
     * @param scaleRewards what advantages are divided by: the standard deviation of the {@code group}, of the {@code batch}, or {@code none}
     * @param maskTruncated whether completions that were cut are left out of the loss
     * @param updatesPerRollout optimizer steps on each rollout
     */
    record Policy(
            String loss,
            double clipLow,
            double clipHigh,
            double klWeight,
            String scaleRewards,
            boolean maskTruncated,
            int updatesPerRollout) {}
}
