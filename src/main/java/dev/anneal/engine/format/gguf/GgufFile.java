package dev.anneal.engine.format.gguf;

import java.io.EOFException;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the tensors of a file by {@link GgufWriter}. Metadata is skipped. */
public final class GgufFile implements AutoCloseable {

    private final FileChannel channel;
    private final Map<String, Entry> entries;

    /** A tensor and the offset of its first byte in the file. */
    private record Entry(TensorType type, long elements, long begin) {}

    private GgufFile(FileChannel channel, Map<String, Entry> entries) {
        this.channel = channel;
        this.entries = entries;
    }

    /**
     * @throws IOException if the file cannot be read, or its header does not have the writer's form
     */
    public static GgufFile open(Path path) throws IOException {
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
        try {
            long size = Math.min(channel.size(), Integer.MAX_VALUE);
            ByteBuffer head =
                    channel.map(FileChannel.MapMode.READ_ONLY, 0, size).order(ByteOrder.LITTLE_ENDIAN);
            return new GgufFile(channel, entries(head));
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            channel.close();
            throw new IOException(path.getFileName() + " has a broken head: " + e, e);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    private static Map<String, Entry> entries(ByteBuffer head) {
        if (head.getInt() != GgufWriter.MAGIC || head.getInt() != GgufWriter.VERSION) {
            throw new IllegalArgumentException("not GGUF of version " + GgufWriter.VERSION);
        }
        long tensors = head.getLong();
        long values = head.getLong();
        for (long i = 0; i < values; i++) {
            Metadata.skip(head);
        }
        Map<String, Entry> relative = new LinkedHashMap<>();
        for (long i = 0; i < tensors; i++) {
            String name = LittleEndian.text(head);
            long elements = 1;
            for (int dimensions = head.getInt(); dimensions > 0; dimensions--) {
                elements *= head.getLong();
            }
            int type = head.getInt();
            relative.put(
                    name,
                    new Entry(
                            TensorType.of(type)
                                    .orElseThrow(() -> new IllegalArgumentException("unknown tensor type " + type)),
                            elements,
                            head.getLong()));
        }
        long begin = GgufWriter.aligned(head.position());
        relative.replaceAll((name, entry) -> new Entry(entry.type, entry.elements, begin + entry.begin));
        return relative;
    }

    /**
     * Some consecutive numbers of a tensor.
     *
     * @param first index of the first, in row order; must begin a block of the tensor's type
     * @param count number of elements, in whole blocks
     */
    public float[] numbers(String name, long first, int count) throws IOException {
        @Nullable Entry entry = entries.get(name);
        if (entry == null || first < 0 || count > entry.elements - first) {
            throw new IllegalArgumentException(
                    "no numbers %d to %d in tensor '%s': %s".formatted(first, first + count, name, entry));
        }
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(entry.type.byteCount(count)))
                .order(ByteOrder.LITTLE_ENDIAN);
        long begin = entry.begin + entry.type.byteCount(first);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, begin + bytes.position()) < 0) {
                throw new EOFException("the file ends within tensor '" + name + "'");
            }
        }
        float[] numbers = new float[count];
        entry.type.decode(bytes.flip(), numbers);
        return numbers;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
