package dev.anneal.engine.export;

import dev.anneal.engine.format.gguf.TensorType;
import dev.anneal.protocol.WireName;
import java.util.List;

/** What most tensors of a GGUF file are stored as. */
enum GgufType implements WireName {
    F32(TensorType.F32, 0),
    F16(TensorType.F16, 1),
    BF16(TensorType.BF16, 32),
    Q8_0(TensorType.Q8_0, 7);

    private final TensorType matrices;
    private final int fileType;

    /** @param fileType llama.cpp's number of such files */
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

    /** As llama.cpp's own converter chooses: norms and biases stay fp32, and rows that quantised blocks do not fill become fp16. */
    TensorType of(List<Long> shape) {
        if (shape.size() < 2) {
            return TensorType.F32;
        }
        return matrices.fitsRows(shape.get(shape.size() - 1)) ? matrices : TensorType.F16;
    }
}
