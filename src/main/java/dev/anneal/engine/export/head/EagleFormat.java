package dev.anneal.engine.export.head;

import dev.anneal.engine.network.architecture.ModelConfig;
import dev.anneal.engine.network.draft.EagleConfig;
import dev.anneal.engine.network.draft.EagleNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What EAGLE-1 and EAGLE-3 have in common as SafeAILab's EAGLE reads them: a plain configuration of Llama in its old
 * style, and the target's embedding.
 */
interface EagleFormat extends HeadFormat {

    /** Key of EAGLE-1: whether queries, keys and values have biases. */
    String BIASED = "qkv_bias";

    /** Key of EAGLE-3: number of tokens that the head can propose. */
    String VOCABULARY = "draft_vocab_size";

    TrainedHead head();

    /** The streams that its code reads of a target with so many layers. */
    static List<Integer> streams(int layers) {
        return List.of(2, layers / 2, layers - 3);
    }

    /** As its code understands a configuration; streams follow from the target. */
    @Override
    default EagleConfig shape(Path configJson) throws IOException {
        ObjectNode config = (ObjectNode) JsonMapper.shared().readTree(Files.readAllBytes(configJson));
        if (config.path(BIASED).asBoolean(false)) {
            config.putArray("architectures").add("Qwen2ForCausalLM");
        }
        ModelConfig layer = ModelConfig.read(configJson, config).ofOneLayer(0);
        JsonNode vocabulary = config.path(VOCABULARY);
        return vocabulary.isMissingNode()
                ? new EagleConfig(EagleConfig.Version.EAGLE1, layer, List.of(), layer.vocabularySize(), Set.of())
                : new EagleConfig(
                        EagleConfig.Version.EAGLE3,
                        layer,
                        streams(head().target().sizes().layers()),
                        vocabulary.asInt(),
                        Set.of());
    }

    /** Why their layer cannot express the head's. */
    default Optional<String> obstacleOfLayer() {
        if (head().target().sizes().headSize() * head().target().sizes().heads()
                != head().target().sizes().hiddenSize()) {
            return refused("heads of another size than hidden_size / num_attention_heads");
        }
        if (head().target().sizes().rotaryOfDraftHeads().isScaled()) {
            return refused("scaled rotary embeddings");
        }
        if (head().has(EagleNames.LAYER + "self_attn.q_norm.weight")) {
            return refused("norms of query and key heads");
        }
        return head().has("fc.bias") ? refused("a bias in fc") : Optional.empty();
    }

    static Optional<String> refused(String what) {
        return Optional.of("the format of EAGLE does not have " + what);
    }

    default Map<String, @Nullable Object> keys(String dtype) {
        Map<String, @Nullable Object> keys = head().target().layer();
        keys.remove("attention_dropout");
        keys.remove("head_dim");
        keys.put("architectures", List.of("LlamaForCausalLM"));
        keys.put("model_type", "llama");
        keys.put("pad_token_id", head().target().keys().get("pad_token_id"));
        keys.put("rope_theta", head().target().sizes().rotaryOfDraftHeads().theta());
        keys.put("torch_dtype", dtype);
        return keys;
    }

    @Override
    default Map<String, String> weights() {
        Map<String, String> names = new TreeMap<>(new SpeculatorsFormat(head()).weights());
        names.remove(EagleNames.EMBEDDING);
        return names;
    }
}
