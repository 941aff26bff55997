package dev.anneal.engine.export;

import dev.anneal.engine.format.safetensors.Dtype;
import dev.anneal.engine.network.torch.ElementType;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Element type of a merged model's weights, by torch's name. */
enum WeightType {
    /** Each tensor keeps the base model's. */
    BASE("base", null),
    FLOAT32("float32", Dtype.F32),
    BFLOAT16("bfloat16", Dtype.BF16),
    FLOAT16("float16", Dtype.F16);

    private final String wireName;
    private final @Nullable Dtype dtype;

    WeightType(String wireName, @Nullable Dtype dtype) {
        this.wireName = wireName;
        this.dtype = dtype;
    }

    static WeightType named(String wireName) {
        return Arrays.stream(values())
                .filter(type -> type.wireName.equals(wireName))
                .findFirst()
                .orElseThrow(() -> new ExportException(
                        ExportException.Code.INVALID_EXPORT,
                        "dtype must be base, float32, bfloat16 or float16, found '" + wireName + "'"));
    }

    /** As {@code config.json} spells it; null if it says so already. */
    @Nullable
    String torchName() {
        return dtype == null ? null : wireName;
    }

    /** Type in which a tensor of the base is written. Only floating weights change theirs. */
    Dtype of(Dtype base) {
        return dtype == null || ElementType.of(base).isEmpty() ? base : dtype;
    }
}
