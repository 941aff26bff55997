package dev.anneal.engine.export.head;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What EAGLE-1 and EAGLE-3 have in common as SafeAILab's EAGLE reads them: a plain configuration of Llama in its old style. */
record EagleConfig(DraftHead head) {

    /** Why their layer cannot express the head's. */
    Optional<String> obstacle() {
        if (head.target().sizes().headSize() * head.target().sizes().heads()
                != head.target().sizes().hiddenSize()) {
            return refused("heads of another size than hidden_size / num_attention_heads");
        }
        if (head.target().sizes().rotary().llama3() != null) {
            return refused("scaled rotary embeddings");
        }
        if (head.has(DraftHead.LAYER + "self_attn.q_norm.weight")) {
            return refused("norms of query and key heads");
        }
        return head.has("fc.bias") ? refused("a bias in fc") : Optional.empty();
    }

    static Optional<String> refused(String what) {
        return Optional.of("the format of EAGLE does not have " + what);
    }

    Map<String, @Nullable Object> keys(String dtype) {
        Map<String, @Nullable Object> keys = head.target().layer();
        keys.remove("attention_dropout");
        keys.remove("head_dim");
        keys.put("architectures", List.of("LlamaForCausalLM"));
        keys.put("model_type", "llama");
        keys.put("pad_token_id", head.target().keys().get("pad_token_id"));
        keys.put("rope_theta", head.target().sizes().rotary().theta());
        keys.put("torch_dtype", dtype);
        return keys;
    }
}
