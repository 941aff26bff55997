package dev.anneal.engine.export.weight;

import dev.anneal.engine.format.safetensors.Dtype;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.protocol.WireName;
import org.jspecify.annotations.Nullable;

/** Element type of a merged model's weights, by torch's name. */
public enum WeightType implements WireName {
    /** Each tensor keeps the base model's type. */
    BASE(null),
    FLOAT32(Dtype.F32),
    BFLOAT16(Dtype.BF16),
    FLOAT16(Dtype.F16);

    private final @Nullable Dtype dtype;

    WeightType(@Nullable Dtype dtype) {
        this.dtype = dtype;
    }

    public static WeightType named(String wireName) {
        return WireName.find(WeightType.class, wireName)
                .orElseThrow(() -> new ExportException(
                        ExportException.Code.INVALID_EXPORT,
                        "dtype must be base, float32, bfloat16 or float16, found '" + wireName + "'"));
    }

    /** Name in {@code config.json}; null if it needs no change. */
    @Nullable
    public String torchName() {
        return dtype == null ? null : wireName();
    }

    /** Type in which a tensor of the base is written. Only floating-point weights change theirs. */
    public Dtype of(Dtype base) {
        return dtype == null || ElementType.of(base).isEmpty() ? base : dtype;
    }
}
