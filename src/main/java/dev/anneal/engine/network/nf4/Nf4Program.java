package dev.anneal.engine.network.nf4;

import dev.anneal.engine.format.safetensors.SafetensorsFile;
import dev.anneal.engine.format.safetensors.WeightDirectory;
import dev.anneal.engine.network.architecture.Nf4Tensors;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.Program;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;

/** The methods of {@code torchscript/nf4.py}, and the reading of what bitsandbytes has written. Thread-safe. */
public final class Nf4Program {

    /** Values that are in fp32 at a time: on a CPU few enough to stay in a core's cache. */
    private static final int CPU_CHUNK = 1 << 18;

    private static final int CUDA_CHUNK = 1 << 24;

    private static final int BLOCK = 64;

    private static final int NESTED_BLOCK = 256;

    private final TensorScope owner;
    private final Program program;
    private final Tensor code;
    private final Tensor map;
    private final Tensor pairs;
    private final Tensor none;

    /** @param owner ends after all matrices */
    public Nf4Program(TensorScope owner) {
        int chunk = owner.device().equals("cpu") ? CPU_CHUNK : CUDA_CHUNK;
        this.owner = owner;
        this.program = Program.load(owner, "nf4", "Nf4", Map.of("chunk", chunk));
        this.code = owner.floats(CodeBooks.NF4, CodeBooks.NF4.length);
        this.map = owner.floats(CodeBooks.dynamic(), 256);
        this.pairs = program.call(owner, "pairs", code);
        this.none = owner.zeros(ElementType.FLOAT32, 0);
    }

    /** Quantises a matrix of any floating type in blocks of 64, and their magnitudes in blocks of 256. */
    public Nf4Matrix quantized(TensorScope scope, Tensor matrix) {
        List<Tensor> made = program.callForList(scope, "quantized", matrix, code, map);
        return new Nf4Matrix(
                made.get(0), made.get(1), made.get(2), made.get(3), map, pairs, BLOCK, NESTED_BLOCK, matrix.elements());
    }

    /** Reads a matrix that bitsandbytes has quantised, whose header was checked. */
    public Nf4Matrix read(TensorScope scope, WeightDirectory files, String weight) throws IOException {
        Nf4Tensors stored = new Nf4Tensors(files, weight);
        Nf4Tensors.State state = stored.state();
        long elements = state.shape().stream().reduce(1L, Math::multiplyExact);
        boolean nested = state.nestedBlock() > 0;
        long blocks = (elements + state.block() - 1) / state.block();
        try (Tensor values = floats(owner, files, stored.map())) {
            return new Nf4Matrix(
                    packed(scope, files, weight, Math.toIntExact(blocks * state.block() / 2)),
                    nested
                            ? bytes(scope, files, stored.magnitudes(), ElementType.UINT8)
                            : floats(scope, files, stored.magnitudes()),
                    nested ? floats(scope, files, stored.nestedMagnitudes()) : none,
                    scope.floats(new float[] {(float) state.offset()}, 1),
                    nested ? floats(scope, files, stored.nestedMap()) : map,
                    program.call(scope, "pairs", values),
                    state.block(),
                    nested ? state.nestedBlock() : NESTED_BLOCK,
                    elements);
        }
    }

    /** Fills up the last block. */
    private static Tensor packed(TensorScope scope, WeightDirectory files, String weight, int size) throws IOException {
        ByteBuffer stored = files.fileOf(weight).bytes(weight);
        if (stored.remaining() == size) {
            return scope.ofBytes(stored, ElementType.UINT8, size);
        }
        ByteBuffer whole = ByteBuffer.allocateDirect(size).order(ByteOrder.LITTLE_ENDIAN);
        whole.put(stored).rewind();
        return scope.ofBytes(whole, ElementType.UINT8, size);
    }

    private static Tensor floats(TensorScope scope, WeightDirectory files, String name) throws IOException {
        return bytes(scope, files, name, ElementType.FLOAT32);
    }

    private static Tensor bytes(TensorScope scope, WeightDirectory files, String name, ElementType type)
            throws IOException {
        SafetensorsFile file = files.fileOf(name);
        long elements = file.entry(name).byteCount() / type.bytes();
        return scope.ofBytes(file.bytes(name), type, elements);
    }

    /** Overwrites a part of a contiguous tensor from {@code begin} on with a matrix that is not quantised. */
    public void put(TensorScope scope, Tensor matrix, Tensor out, long begin) {
        program.call(scope, "put", matrix, out, begin).close();
    }

    /**
     * Overwrites a part of a contiguous tensor with a matrix, rounded once to the tensor's type.
     *
     * @param begin first element that is overwritten
     */
    public void dequantize(TensorScope scope, Nf4Matrix matrix, Tensor out, long begin) {
        program.call(
                        scope,
                        "dequantize",
                        matrix.packed(),
                        matrix.magnitudes(),
                        matrix.nested(),
                        matrix.offset(),
                        matrix.map(),
                        matrix.pairs(),
                        matrix.block(),
                        matrix.nestedBlock(),
                        out,
                        begin,
                        matrix.elements())
                .close();
    }
}
