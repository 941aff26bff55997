package dev.anneal.engine.network.torch;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;

/**
 * Owner of native memory: closing a scope frees every tensor created in it and every scope below it. Weights, adapters
 * and optimizer state are in a scope of the whole run, everything else in one of a step. Closed by its owner.
 *
 * <p>Thread-safe.
 */
public final class TensorScope implements AutoCloseable {

    private final PtNDManager manager;
    private final String device;

    private TensorScope(PtNDManager manager, String device) {
        this.manager = manager;
        this.device = device;
    }

    /** @param device {@code cpu} or {@code cuda:N} */
    public static TensorScope open(String device) {
        return new TensorScope(Torch.newManager(device), device);
    }

    /** A scope that ends with this one at the latest. */
    public TensorScope child() {
        Torch.prepareThread();
        return new TensorScope((PtNDManager) manager.newSubManager(), device);
    }

    public String device() {
        return device;
    }

    /**
     * Number of tensors and scopes in this scope. In a scope of the whole run it must be constant over steps; otherwise
     * memory leaks.
     */
    public int held() {
        return manager.getManagedArrays().size();
    }

    /** fp32 tensor with a copy of {@code values}. */
    public Tensor floats(float[] values, long... shape) {
        return new Tensor(this, create(manager, FloatBuffer.wrap(values), new Shape(shape), DataType.FLOAT32));
    }

    /** int64 tensor with a copy of {@code values}. */
    public Tensor longs(long[] values, long... shape) {
        return new Tensor(this, create(manager, LongBuffer.wrap(values), new Shape(shape), DataType.INT64));
    }

    /** Tensor of zeros. */
    public Tensor zeros(ElementType type, long... shape) {
        return Conversions.program().call(this, "zeros", shape, type.code(), device);
    }

    /**
     * Tensor of {@code type} with a copy of little-endian bytes. They are converted on the host, so a device never
     * holds them twice.
     *
     * @param bytes position to limit are read; a mapped file may be released afterwards
     */
    public Tensor ofBytes(ByteBuffer bytes, ElementType type, long... shape) {
        long elements = new Shape(shape).size();
        if (elements * type.bytes() != bytes.remaining()) {
            throw new IllegalArgumentException("a %s tensor of %d elements takes %d bytes, got %d"
                    .formatted(type, elements, elements * type.bytes(), bytes.remaining()));
        }
        if (elements == 0) {
            return zeros(type, shape);
        }
        ByteBuffer direct = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
        try (PtNDManager host = Torch.newManager("cpu")) {
            Tensor raw = new Tensor(this, create(host, direct, new Shape(bytes.remaining()), DataType.UINT8));
            return Conversions.program().call(this, "of_bytes", raw, type.code(), shape, device);
        }
    }

    private static PtNDArray create(PtNDManager owner, Buffer values, Shape shape, DataType type) {
        return TorchException.guarded("cannot make a tensor " + shape, () -> owner.create(values, shape, type));
    }

    @Override
    public void close() {
        manager.close();
    }

    PtNDManager manager() {
        return manager;
    }
}
