package dev.anneal.engine.network.torch;

import dev.anneal.engine.format.safetensors.Dtype;
import java.util.Optional;

/** Element types of the engine's tensors, with libtorch's code for each, which program text uses. */
public enum ElementType {
    UINT8(0, 1),
    INT64(4, 8),
    FLOAT16(5, 2),
    FLOAT32(6, 4),
    FLOAT64(7, 8),
    BFLOAT16(15, 2);

    private final int code;
    private final int bytes;

    ElementType(int code, int bytes) {
        this.code = code;
        this.bytes = bytes;
    }

    /** The type of a file's floating-point numbers; empty for types that the engine does not compute with. */
    public static Optional<ElementType> of(Dtype dtype) {
        return switch (dtype) {
            case F32 -> Optional.of(FLOAT32);
            case BF16 -> Optional.of(BFLOAT16);
            case F16 -> Optional.of(FLOAT16);
            default -> Optional.empty();
        };
    }

    /** Its number in program text. */
    public int code() {
        return code;
    }

    /** Bytes of one element. */
    public int bytes() {
        return bytes;
    }
}
