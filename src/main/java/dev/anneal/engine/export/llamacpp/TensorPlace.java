package dev.anneal.engine.export.llamacpp;

import dev.anneal.engine.network.architecture.CheckpointTensors;
import dev.anneal.engine.network.architecture.ModelConfig;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Target of a tensor of a Hugging Face directory.
 *
 * @param name name in the GGUF file
 * @param headRows rows of a head whose halves must be interleaved, or 0 to keep the order
 * @param offset added to its numbers
 */
public record TensorPlace(String name, int headRows, int offset) {

    /** Factors by which llama.cpp divides the rotary frequencies. */
    public static final String ROTARY_FACTORS = "rope_freqs.weight";

    private static final Pattern IN_LAYER = Pattern.compile("model\\.layers\\.(\\d+)\\.(.+)\\.(weight|bias)");

    private static final Map<String, String> OUTSIDE = Map.of(
            CheckpointTensors.EMBEDDING, "token_embd.weight",
            CheckpointTensors.NORM, "output_norm.weight",
            CheckpointTensors.HEAD, "output.weight");

    private static final Map<String, String> PARTS = Map.ofEntries(
            Map.entry("input_layernorm", "attn_norm"),
            Map.entry("pre_feedforward_layernorm", "ffn_norm"),
            Map.entry("post_feedforward_layernorm", "post_ffw_norm"),
            Map.entry("self_attn.q_proj", "attn_q"),
            Map.entry("self_attn.k_proj", "attn_k"),
            Map.entry("self_attn.v_proj", "attn_v"),
            Map.entry("self_attn.o_proj", "attn_output"),
            Map.entry("self_attn.q_norm", "attn_q_norm"),
            Map.entry("self_attn.k_norm", "attn_k_norm"),
            Map.entry("mlp.gate_proj", "ffn_gate"),
            Map.entry("mlp.up_proj", "ffn_up"),
            Map.entry("mlp.down_proj", "ffn_down"));

    /** Empty for tensors that the file does not contain: the output embedding of a tied model, and computed tables. */
    public static Optional<TensorPlace> of(String tensor, Family family, ModelConfig config) {
        if (tensor.equals(CheckpointTensors.HEAD) && config.tiedEmbeddings()) {
            return Optional.empty();
        }
        int offset = tensor.endsWith("norm.weight")
                ? config.architecture().spec().gain().offset()
                : 0;
        @Nullable String outside = OUTSIDE.get(tensor);
        if (outside != null) {
            return Optional.of(new TensorPlace(outside, 0, offset));
        }
        Matcher layer = IN_LAYER.matcher(tensor);
        @Nullable String part = layer.matches() ? part(layer.group(2), family) : null;
        if (part == null) {
            return Optional.empty();
        }
        boolean rotated = part.equals("attn_q") || part.equals("attn_k");
        return Optional.of(new TensorPlace(
                "blk.%s.%s.%s".formatted(layer.group(1), part, layer.group(3)),
                rotated && family.interleavesHeads() ? config.headSize() : 0,
                offset));
    }

    private static @Nullable String part(String module, Family family) {
        return module.equals("post_attention_layernorm") ? family.postAttentionNorm() : PARTS.get(module);
    }

    /**
     * Rows as the file has them.
     *
     * @param columns columns of a row
     */
    public float[] stored(float[] rows, int columns) {
        float[] stored = ordered(rows, columns);
        if (offset != 0) {
            for (int i = 0; i < stored.length; i++) {
                stored[i] += offset;
            }
        }
        return stored;
    }

    /**
     * Reorders rows of whole heads for the file: row {@code k} of a head's first half, then row {@code k} of its
     * second.
     *
     * @param columns columns of a row
     */
    private float[] ordered(float[] rows, int columns) {
        if (headRows == 0) {
            return rows;
        }
        float[] ordered = new float[rows.length];
        int half = headRows / 2;
        int count = rows.length / columns;
        for (int row = 0; row < count; row++) {
            int inHead = row % headRows;
            int to = row - inHead + inHead % half * 2 + inHead / half;
            System.arraycopy(rows, row * columns, ordered, to * columns, columns);
        }
        return ordered;
    }
}
