package dev.anneal.engine.format.safetensors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.List;

/** A tensor to write. Its content is asked for when its turn comes, so that a large file needs one tensor in memory at a time. */
public record TensorData(String name, Dtype dtype, List<Long> shape, Content content) {

    /** Writes exactly the bytes of one tensor, little-endian, and leaves the channel open. */
    @FunctionalInterface
    public interface Content {
        void writeTo(WritableByteChannel channel) throws IOException;
    }

    public TensorData {
        shape = List.copyOf(shape);
    }

    /** Writes what remains of the buffer; a channel may take less than it is offered. */
    public static void writeFully(WritableByteChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /** Bytes that the content must have. */
    public long byteCount() {
        return TensorEntry.bytesOf(dtype, shape);
    }
}
