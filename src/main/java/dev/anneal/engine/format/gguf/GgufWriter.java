package dev.anneal.engine.format.gguf;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Writes GGUF files of version 3, little-endian. The same metadata and numbers give the same bytes. */
public final class GgufWriter {

    static final int MAGIC = 0x46554747;
    static final int VERSION = 3;
    /** Default of {@code general.alignment}. */
    static final int ALIGNMENT = 32;
    /** ggml's {@code GGML_MAX_NAME} is 64 including the terminator. */
    private static final int MAX_NAME_BYTES = 63;

    private final FileChannel channel;

    private GgufWriter(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Writes a new file. The caller makes it durable.
     *
     * @throws IllegalArgumentException if two tensors have one name, a name is too long, or a tensor's number of
     *     elements differs from its shape's
     */
    public static void write(Path file, Metadata metadata, List<GgufTensor> tensors) throws IOException {
        requireNames(tensors);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            GgufWriter writer = new GgufWriter(channel);
            writer.put(ByteBuffer.wrap(head(metadata, tensors)));
            for (GgufTensor tensor : tensors) {
                writer.put(tensor);
            }
        }
    }

    private static void requireNames(List<GgufTensor> tensors) {
        Set<String> names = new HashSet<>();
        for (GgufTensor tensor : tensors) {
            if (!names.add(tensor.name())) {
                throw new IllegalArgumentException("tensor '" + tensor.name() + "' is given twice");
            }
            if (tensor.name().getBytes(UTF_8).length > MAX_NAME_BYTES) {
                throw new IllegalArgumentException("the tensor name '%s' is longer than the %d bytes that ggml reads"
                        .formatted(tensor.name(), MAX_NAME_BYTES));
            }
        }
    }

    private static byte[] head(Metadata metadata, List<GgufTensor> tensors) {
        LittleEndian out = new LittleEndian();
        out.int32(MAGIC).int32(VERSION).int64(tensors.size()).int64(metadata.size());
        metadata.writeTo(out);
        long offset = 0;
        for (GgufTensor tensor : tensors) {
            out.text(tensor.name()).int32(tensor.shape().size());
            for (int i = tensor.shape().size() - 1; i >= 0; i--) {
                out.int64(tensor.shape().get(i));
            }
            out.int32(tensor.type().code()).int64(offset);
            offset = aligned(Math.addExact(offset, tensor.byteCount()));
        }
        return out.pad(ALIGNMENT).toByteArray();
    }

    static long aligned(long offset) {
        return Math.addExact(offset, ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    private void put(GgufTensor tensor) throws IOException {
        long begin = channel.position();
        tensor.content().writeTo(values -> put(tensor, values));
        long written = channel.position() - begin;
        if (written != tensor.byteCount()) {
            throw new IllegalArgumentException("tensor '%s' of %s %s needs %d bytes but wrote %d"
                    .formatted(tensor.name(), tensor.type(), tensor.shape(), tensor.byteCount(), written));
        }
        put(ByteBuffer.allocate(Math.toIntExact(aligned(written) - written)));
    }

    private void put(GgufTensor tensor, float[] values) throws IOException {
        if (!tensor.type().fitsRows(values.length)) {
            throw new IllegalArgumentException("tensor '%s' gave %d numbers, which are no whole blocks of %s"
                    .formatted(tensor.name(), values.length, tensor.type()));
        }
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(tensor.type().byteCount(values.length)))
                .order(ByteOrder.LITTLE_ENDIAN);
        tensor.type().encode(values, bytes);
        put(bytes.flip());
    }

    private void put(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
