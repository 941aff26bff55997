package dev.anneal.engine.network.torch;

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

    /** Its number in program text. */
    public int code() {
        return code;
    }

    /** Bytes of one element. */
    public int bytes() {
        return bytes;
    }
}
