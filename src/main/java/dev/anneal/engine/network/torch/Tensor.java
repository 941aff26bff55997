package dev.anneal.engine.network.torch;

import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.util.function.Function;

/**
 * Handle of a tensor in native memory. It belongs to the {@link TensorScope} in which it was created and is valid until
 * that or the tensor itself is closed.
 */
public final class Tensor implements AutoCloseable {

    /** Bytes that {@link #writeTo} holds in the Java heap at a time. */
    private static final long PART_BYTES = 1 << 22;

    private final TensorScope scope;
    private final PtNDArray array;

    Tensor(TensorScope scope, PtNDArray array) {
        this.scope = scope;
        this.array = array;
    }

    public long[] shape() {
        return array.getShape().getShape();
    }

    public ElementType elementType() {
        DataType type = array.getDataType();
        return switch (type) {
            case FLOAT32 -> ElementType.FLOAT32;
            case FLOAT64 -> ElementType.FLOAT64;
            case FLOAT16 -> ElementType.FLOAT16;
            case INT64 -> ElementType.INT64;
            case UINT8 -> ElementType.UINT8;
            // DJL's native code does not support bf16. Programs create no other unsupported type.
            case UNKNOWN, BFLOAT16 -> ElementType.BFLOAT16;
            default -> throw new IllegalStateException("a tensor has the unexpected type " + type);
        };
    }

    /** Copy as fp32 numbers, in row order; other floating types are converted. */
    public float[] toFloats() {
        return readAs(ElementType.FLOAT32, PtNDArray::toFloatArray);
    }

    /** Copy as fp64 numbers, in row order; other floating types are converted. */
    public double[] toDoubles() {
        return readAs(ElementType.FLOAT64, PtNDArray::toDoubleArray);
    }

    private <T> T readAs(ElementType type, Function<PtNDArray, T> copy) {
        if (elementType() == type) {
            return read(copy);
        }
        try (Tensor converted = to(scope, type)) {
            return converted.read(copy);
        }
    }

    /** Copy of an int64 tensor, in row order. */
    public long[] toLongs() {
        return read(PtNDArray::toLongArray);
    }

    /** Copy of the elements as little-endian bytes, as safetensors files hold them. */
    public ByteBuffer toBytes() {
        if (elements() == 0) {
            return ByteBuffer.allocate(0);
        }
        try (Tensor bytes = Conversions.program().call(scope, "bytes_of", this)) {
            return ByteBuffer.wrap(bytes.read(PtNDArray::toByteArray)).order(ByteOrder.LITTLE_ENDIAN);
        }
    }

    /**
     * Writes a part of {@link #toBytes} in row order, with little of it in the Java heap at a time. The tensor must be
     * contiguous: not a slice of columns or a transposed view of another one.
     *
     * @param first element of the part
     * @param count elements of the part
     */
    public void writeTo(WritableByteChannel channel, long first, long count) throws IOException {
        long step = PART_BYTES / elementType().bytes();
        long end = first + count;
        for (long begin = first; begin < end; begin += step) {
            ByteBuffer part = part(begin, Math.min(begin + step, end));
            while (part.hasRemaining()) {
                channel.write(part);
            }
        }
    }

    private ByteBuffer part(long begin, long end) {
        try (Tensor bytes = Conversions.program().call(scope, "bytes_of_part", this, begin, end)) {
            return ByteBuffer.wrap(bytes.read(PtNDArray::toByteArray));
        }
    }

    /**
     * Overwrites elements in row order. The tensor must be contiguous.
     *
     * @param begin first element that is overwritten
     * @param bytes little-endian elements of this tensor's type, from position to limit
     */
    public void overwrite(long begin, ByteBuffer bytes) {
        ElementType type = elementType();
        long count = bytes.remaining() / type.bytes();
        if (begin < 0 || begin > elements() - count) {
            throw new IndexOutOfBoundsException(
                    "elements %d to %d of a tensor that has %d".formatted(begin, begin + count, elements()));
        }
        try (Tensor values = scope.ofBytes(bytes, type, count)) {
            Conversions.program().call(scope, "overwrite", this, begin, values).close();
        }
    }

    /**
     * On a device this also throws failures of earlier operations. The host's copy is freed here; DJL would keep it as
     * long as the tensor's scope.
     */
    private <T> T read(Function<PtNDArray, T> copy) {
        try (Tensor host = Conversions.program().call(scope, "on_host", this)) {
            return TorchException.guarded("cannot read a tensor " + array.getShape(), () -> copy.apply(host.array));
        }
    }

    /** Number of elements. */
    public long elements() {
        return array.getShape().size();
    }

    /** A copy with another element type in {@code target}. */
    public Tensor to(TensorScope target, ElementType type) {
        return Conversions.program().call(target, "to", this, type.code());
    }

    /** Moves the tensor to another scope; this handle is invalid afterwards. */
    public Tensor in(TensorScope target) {
        array.attach(target.manager());
        return new Tensor(target, array);
    }

    @Override
    public void close() {
        array.close();
    }

    PtNDArray array() {
        return array;
    }
}
