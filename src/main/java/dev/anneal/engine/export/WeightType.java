package dev.anneal.engine.export;

import dev.anneal.engine.format.safetensors.Dtype;
import dev.anneal.engine.network.torch.ElementType;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Element type of a merged model's weights, by torch's name. */
enum WeightType {
    /** Each tensor keeps the base model's type. */
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

    /** Name in {@code config.json}; null if it needs no change. */
    @Nullable
    String torchName() {
        return dtype == null ? null : wireName;
    }

    /** Type in which a tensor of the base is written. Only floating-point weights change theirs. */
    Dtype of(Dtype base) {
        return dtype == null || elementType(base) == null ? base : dtype;
    }

    /** The engine's type for a file's; null if the engine does not compute with it. */
    static @Nullable ElementType elementType(Dtype dtype) {
        return switch (dtype) {
            case F32 -> ElementType.FLOAT32;
            case BF16 -> ElementType.BFLOAT16;
            case F16 -> ElementType.FLOAT16;
            default -> null;
        };
    }

    /** As {@link #elementType}, for a type that the engine computes with. */
    static ElementType floating(Dtype dtype) {
        return Objects.requireNonNull(elementType(dtype), () -> "no element type for " + dtype);
    }
}
