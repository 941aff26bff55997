package dev.anneal.engine.export.head;

import dev.anneal.engine.format.safetensors.Dtype;
import dev.anneal.engine.format.safetensors.SafetensorsFile;
import dev.anneal.engine.format.safetensors.TensorData;
import dev.anneal.engine.format.safetensors.TensorEntry;
import dev.anneal.engine.math.number.Bfloat16;
import dev.anneal.engine.math.number.Float16;
import dev.anneal.engine.network.architecture.CheckpointTensors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.List;

/** The tensors of a head's folder: its weights rounded once, a part at a time, and its vocabulary. */
public final class HeadWeights {

    private static final int PART = 1 << 20;

    private final TrainedHead head;
    private final Dtype dtype;
    private final Runnable betweenParts;

    /**
     * @param dtype type of the written weights
     * @param betweenParts called before each part of a weight; may throw to end the export
     */
    public HeadWeights(TrainedHead head, Dtype dtype, Runnable betweenParts) {
        this.head = head;
        this.dtype = dtype;
        this.betweenParts = betweenParts;
    }

    /** @throws HeadException when a weight is written that is not finite in its type */
    public List<TensorData> of(HeadFormat format) throws IOException {
        List<TensorData> tensors = new ArrayList<>();
        format.weights().forEach((source, name) -> tensors.add(weight(head.tensors(), source, name)));
        if (format.hasEmbedding() && !head.has(TrainedHead.EMBEDDING)) {
            SafetensorsFile file = head.targetWeights().fileOf(CheckpointTensors.EMBEDDING);
            tensors.add(weight(file, CheckpointTensors.EMBEDDING, TrainedHead.EMBEDDING));
        }
        format.zeros().forEach((name, length) -> tensors.add(zeros(name, length)));
        if (head.isReduced()) {
            tensors.addAll(new HeadVocabulary(head).tensors());
        }
        return tensors;
    }

    private TensorData weight(SafetensorsFile file, String source, String name) {
        TensorEntry entry = file.entry(source);
        return new TensorData(name, dtype, entry.shape(), channel -> write(file, entry, channel));
    }

    private TensorData zeros(String name, int length) {
        ByteBuffer bytes = ByteBuffer.allocate(length * dtype.bits() / Byte.SIZE);
        return new TensorData(
                name, dtype, List.of((long) length), channel -> TensorData.writeFully(channel, bytes.duplicate()));
    }

    private void write(SafetensorsFile file, TensorEntry entry, WritableByteChannel channel) throws IOException {
        for (long at = 0; at < entry.byteCount(); at += PART) {
            betweenParts.run();
            int count = (int) Math.min(PART, entry.byteCount() - at);
            TensorData.writeFully(channel, rounded(file.bytes(entry.name(), at, count), entry));
        }
    }

    private ByteBuffer rounded(ByteBuffer stored, TensorEntry entry) {
        int values = stored.remaining() * Byte.SIZE / entry.dtype().bits();
        ByteBuffer rounded =
                ByteBuffer.allocate(values * dtype.bits() / Byte.SIZE).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < values; i++) {
            put(next(stored, entry.dtype()), rounded, entry.name());
        }
        return rounded.flip();
    }

    private static float next(ByteBuffer stored, Dtype type) {
        return switch (type) {
            case BF16 -> Bfloat16.toFloat(stored.getShort());
            case F16 -> Float16.toFloat(stored.getShort());
            default -> stored.getFloat();
        };
    }

    private void put(float value, ByteBuffer rounded, String name) {
        float kept = switch (dtype) {
            case BF16 -> Bfloat16.toFloat(putHalf(rounded, Bfloat16.of(value)));
            case F16 -> Float16.toFloat(putHalf(rounded, Float16.of(value)));
            default -> {
                rounded.putFloat(value);
                yield value;
            }
        };
        if (!Float.isFinite(kept)) {
            throw new HeadException("the weight %s of '%s' is not finite in %s".formatted(value, name, dtype));
        }
    }

    private static short putHalf(ByteBuffer target, short half) {
        target.putShort(half);
        return half;
    }
}
