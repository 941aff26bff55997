package dev.anneal.engine.network.model;

import dev.anneal.engine.network.architecture.DecoderSpec;
import dev.anneal.engine.network.architecture.DeviceLimits;
import dev.anneal.engine.network.architecture.ModelConfig;
import java.util.LinkedHashMap;
import java.util.Map;

/** The values of a model in {@code torchscript/decoder/layer}. */
final class DecoderAttributes {

    private DecoderAttributes() {}

    /** @param window how many tokens a query sees in these layers; 0 for all */
    static Map<String, Number> of(ModelConfig config, DeviceLimits limits, int window) {
        DecoderSpec spec = config.architecture().spec();
        Map<String, Number> attributes = new LinkedHashMap<>();
        attributes.put("eps", config.normEpsilon());
        attributes.put("gain_offset", (double) spec.gain().offset());
        attributes.put("gain_rounds", spec.gain().roundsFirst() ? 1 : 0);
        attributes.put("whole_norms", spec.queryKeyNorm() == DecoderSpec.QueryKeyNorm.WHOLE ? 1 : 0);
        attributes.put("gate", spec.gate().number());
        attributes.put("attention_scale", config.multipliers().attention());
        attributes.put("embedding_scale", config.multipliers().embedding());
        attributes.put("embedding_rounds", config.multipliers().roundsEmbedding() ? 1 : 0);
        attributes.put("logit_divisor", config.multipliers().logits());
        attributes.put("heads", config.heads());
        attributes.put("kv_heads", config.keyValueHeads());
        attributes.put("head_size", config.headSize());
        attributes.put("chunk", limits.headChunk());
        attributes.put("few", limits.softmaxRows());
        attributes.put("block", limits.attentionBlock());
        attributes.put("window", window);
        attributes.put("padding", config.paddingToken());
        return attributes;
    }
}
