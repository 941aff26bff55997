package dev.anneal.engine.format.safetensors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.List;

/** A tensor to write. Its content is requested when it is written, so that only one tensor is in memory at a time. */
public record TensorData(String name, Dtype dtype, List<Long> shape, Content content) {

    /** Writes exactly the bytes of one tensor, little-endian, and leaves the channel open. */
    @FunctionalInterface
    public interface Content {
        void writeTo(WritableByteChannel channel) throws IOException;
    }

    public TensorData {
        shape = List.copyOf(shape);
    }

    /** @param bytes little-endian; its position is left alone */
    public static TensorData of(String name, Dtype dtype, List<Long> shape, ByteBuffer bytes) {
        return new TensorData(name, dtype, shape, channel -> writeFully(channel, bytes.duplicate()));
    }

    /** Writes the rest of the buffer; a channel may accept less than it is offered. */
    public static void writeFully(WritableByteChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /** Required number of bytes. */
    public long byteCount() {
        return TensorEntry.bytesOf(dtype, shape);
    }
}
