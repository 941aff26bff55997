package dev.anneal.engine.export.head;

import dev.anneal.engine.network.architecture.Projection;
import dev.anneal.engine.network.architecture.ProjectionGroup;
import dev.anneal.engine.network.draft.EagleConfig;
import dev.anneal.engine.network.draft.EagleNames;
import dev.anneal.protocol.TrainingMethod.EagleHead;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** EAGLE-3 as Speculators 0.9 saves it, which vLLM also loads. */
record SpeculatorsFormat(TrainedHead head) implements HeadFormat {

    private static final String VERSION = "0.9.0";
    private static final String PROPOSAL = "greedy";
    private static final Set<ProjectionGroup> ATTENTION =
            Set.of(ProjectionGroup.ATTENTION_INPUT, ProjectionGroup.ATTENTION_OUTPUT);
    private static final Set<ProjectionGroup> FEED_FORWARD = Set.of(ProjectionGroup.FEED_FORWARD, ProjectionGroup.DOWN);

    /** Its layers are those of transformers' Llama and Qwen3. */
    @Override
    public Optional<String> obstacle() {
        if (head.has("fc.bias")) {
            return Optional.of("Speculators' fc has no bias");
        }
        if ((isPartlyBiased(ATTENTION) && !isBiasedAsQwen2()) || isPartlyBiased(FEED_FORWARD)) {
            return Optional.of("Speculators' layers have biases in all projections of a block or in none");
        }
        if (isQwen3() && isBiased(FEED_FORWARD)) {
            return Optional.of("Speculators' layers have either norms of query and key heads or biases of the MLP");
        }
        return Optional.empty();
    }

    /** Layers of Qwen2 have biases of queries, keys and values only: that of the output is 0. */
    @Override
    public Map<String, Integer> zeros() {
        return isBiasedAsQwen2()
                ? Map.of(
                        HeadTensors.bias(Projection.OUTPUT),
                        head.target().sizes().hiddenSize())
                : Map.of();
    }

    private boolean isBiasedAsQwen2() {
        return biases(Set.of(ProjectionGroup.ATTENTION_INPUT))
                        == EagleNames.PROJECTIONS
                                .of(ProjectionGroup.ATTENTION_INPUT)
                                .size()
                && !isBiased(Set.of(ProjectionGroup.ATTENTION_OUTPUT));
    }

    /** Speculators leaves a missing one at zeros. */
    @Override
    public boolean hasEmbedding() {
        return true;
    }

    @Override
    public EagleConfig shape(Path configJson) throws IOException {
        return EagleConfig.read(configJson);
    }

    @Override
    public Map<String, String> weights() {
        return head.tensors().names().stream()
                .filter(name -> !name.equals(EagleNames.OFFSETS) && !name.equals(EagleNames.MEMBERS))
                .collect(Collectors.toMap(Function.identity(), Function.identity()));
    }

    @Override
    public Map<String, @Nullable Object> config(String dtype) {
        Map<String, @Nullable Object> config = new TreeMap<>();
        EagleHead shape = head.shape();
        config.put("architectures", List.of("Eagle3DraftModel"));
        config.put("draft_vocab_size", head.vocabulary());
        config.put("dtype", dtype);
        config.put("eagle_aux_hidden_state_layer_ids", head.streams());
        config.put("embed_requires_grad", false);
        config.put("fc_norm", shape.fcNorm());
        config.put("norm_before_fc", shape.normBeforeFc());
        config.put("norm_before_residual", shape.normBeforeResidual());
        config.put("norm_output", shape.normOutput());
        config.put("speculators_config", speculators());
        config.put("speculators_model_type", "eagle3");
        config.put("speculators_version", VERSION);
        config.put("target_hidden_size", null);
        config.put("tie_word_embeddings", false);
        config.put("transformer_layer_config", layer());
        head.target().putVersion(config);
        return config;
    }

    private Map<String, @Nullable Object> speculators() {
        Map<String, @Nullable Object> proposal = new TreeMap<>();
        proposal.put("accept_tolerance", 0.0);
        proposal.put("proposal_type", PROPOSAL);
        proposal.put("speculative_tokens", head.draft().speculativeTokens());
        proposal.put("verifier_accept_k", 1);
        Map<String, @Nullable Object> verifier = new TreeMap<>();
        verifier.put("architectures", head.target().keys().get("architectures"));
        verifier.put("name_or_path", head.draft().target());
        Map<String, @Nullable Object> config = new TreeMap<>();
        config.put("algorithm", "eagle3");
        config.put("default_proposal_method", PROPOSAL);
        config.put("proposal_methods", List.of(proposal));
        config.put("verifier", verifier);
        return config;
    }

    /** The draft reads no padding, so it has no token for it. */
    private Map<String, @Nullable Object> layer() {
        Map<String, @Nullable Object> layer = head.target().layer();
        layer.put("attention_bias", isBiased(ATTENTION));
        layer.put("model_type", isQwen3() ? "qwen3" : "llama");
        layer.put("pad_token_id", null);
        layer.put("rope_parameters", head.target().rotary());
        if (isQwen3()) {
            layer.put("layer_types", List.of("full_attention"));
            layer.put("use_sliding_window", false);
        } else {
            layer.put("mlp_bias", isBiased(FEED_FORWARD));
            layer.put("pretraining_tp", 1);
        }
        return layer;
    }

    private boolean isQwen3() {
        return head.has(EagleNames.LAYER + "self_attn.q_norm.weight");
    }

    private boolean isBiased(Set<ProjectionGroup> groups) {
        return biases(groups) > 0;
    }

    private boolean isPartlyBiased(Set<ProjectionGroup> groups) {
        long all = EagleNames.PROJECTIONS.all().stream()
                .filter(projection -> groups.contains(projection.group()))
                .count();
        return isBiased(groups) && biases(groups) < all;
    }

    private long biases(Set<ProjectionGroup> groups) {
        return EagleNames.PROJECTIONS.all().stream()
                .filter(projection -> groups.contains(projection.group()))
                .filter(projection -> head.has(HeadTensors.bias(projection)))
                .count();
    }
}
