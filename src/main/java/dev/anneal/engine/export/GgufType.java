package dev.anneal.engine.export;

import dev.anneal.engine.export.weight.ExportException;
import dev.anneal.engine.format.gguf.TensorType;
import dev.anneal.protocol.WireName;
import java.util.List;

/** Storage type of most tensors of a GGUF file. */
enum GgufType implements WireName {
    F32(TensorType.F32, 0),
    F16(TensorType.F16, 1),
    BF16(TensorType.BF16, 32),
    Q8_0(TensorType.Q8_0, 7);

    private final TensorType matrices;
    private final int fileType;

    /**
     * @param fileType llama.cpp's file type number
     */
    GgufType(TensorType matrices, int fileType) {
        this.matrices = matrices;
        this.fileType = fileType;
    }

    static GgufType named(String wireName) {
        return WireName.find(GgufType.class, wireName)
                .orElseThrow(() -> new ExportException(
                        ExportException.Code.INVALID_EXPORT,
                        "gguf_type must be f32, f16, bf16 or q8_0, found '" + wireName + "'"));
    }

    int fileType() {
        return fileType;
    }

    /**
     * The choice of llama.cpp's converter: norms and biases stay fp32, and rows that are not whole quantised blocks
     * become fp16.
     */
    TensorType of(List<Long> shape) {
        if (shape.size() < 2) {
            return TensorType.F32;
        }
        return matrices.fitsRows(shape.get(shape.size() - 1)) ? matrices : TensorType.F16;
    }
}
