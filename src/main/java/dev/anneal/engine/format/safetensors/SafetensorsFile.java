package dev.anneal.engine.format.safetensors;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A safetensors file whose header has been checked completely. Tensors are mapped one by one on request, so files may
 * be larger than a buffer; buffers stay valid after the file is closed. Thread-safe.
 */
public final class SafetensorsFile implements AutoCloseable {

    /** Limit of the reference implementation; checked before anything of this size is allocated. */
    static final long MAX_HEADER_BYTES = 100_000_000;

    /**
     * Tensors that nobody uses any more stay mapped until they have so many bytes. A collection of an engine's small
     * heap, which releases them, takes about 10 ms, as long as reading these.
     */
    public static final long MOST_RELEASABLE_BYTES = 64 << 20;

    private static final AtomicLong MAPPED_SINCE_COLLECTION = new AtomicLong();

    private final Path path;
    private final FileChannel channel;
    private final Map<String, TensorEntry> tensors;

    private SafetensorsFile(Path path, FileChannel channel, List<TensorEntry> entries) {
        this.path = path;
        this.channel = channel;
        this.tensors = new LinkedHashMap<>();
        entries.forEach(tensor -> tensors.put(tensor.name(), tensor));
    }

    /**
     * @throws SafetensorsException if the file is not valid
     * @throws IOException if it cannot be read
     */
    public static SafetensorsFile open(Path path) throws IOException {
        if (!Files.exists(path)) {
            throw new NoSuchFileException(path.toString());
        }
        if (!Files.isRegularFile(path)) {
            throw new SafetensorsException(path, "must be a regular file");
        }
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
        try {
            return new SafetensorsFile(
                    path, channel, readHeader(path, channel, new Extent(0, channel.size(), MAX_HEADER_BYTES)));
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /**
     * A safetensors file stored uncompressed in a container, such as a tar archive.
     *
     * @param name name of the file for messages
     * @throws SafetensorsException if the file is not valid
     * @throws IOException if the container cannot be read or ends earlier
     */
    public static SafetensorsFile within(Path container, String name, Extent extent) throws IOException {
        Path path = Path.of(name);
        FileChannel channel = FileChannel.open(container, StandardOpenOption.READ);
        try {
            if (extent.begin() > channel.size() - extent.size()) {
                throw new EOFException("the container ends before " + extent);
            }
            return new SafetensorsFile(path, channel, readHeader(path, channel, extent));
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /**
     * Position of a file in its container.
     *
     * @param begin first byte
     * @param size bytes of the file
     * @param maxHeaderBytes maximum length of its header
     */
    public record Extent(long begin, long size, long maxHeaderBytes) {

        public Extent {
            if (begin < 0 || size < 0) {
                throw new IllegalArgumentException("no file begins at " + begin + " and has " + size + " bytes");
            }
        }
    }

    /**
     * The same open file with other names of its tensors.
     *
     * @throws SafetensorsException if two tensors get the same name
     */
    SafetensorsFile renamed(UnaryOperator<String> name) {
        List<TensorEntry> entries = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (TensorEntry tensor : tensors.values()) {
            String renamed = name.apply(tensor.name());
            if (!seen.add(renamed)) {
                throw new SafetensorsException(
                        path, "tensor '" + renamed + "' is there twice, under two spellings of its name");
            }
            entries.add(new TensorEntry(renamed, tensor.dtype(), tensor.shape(), tensor.begin(), tensor.end()));
        }
        return new SafetensorsFile(path, channel, entries);
    }

    private static List<TensorEntry> readHeader(Path path, FileChannel channel, Extent extent) throws IOException {
        long size = extent.size();
        if (size < Long.BYTES) {
            throw new SafetensorsException(path, "must begin with 8 bytes of header length but has " + size + " bytes");
        }
        long length = read(channel, extent.begin(), Long.BYTES).getLong();
        if (length < 0 || length > extent.maxHeaderBytes()) {
            throw new SafetensorsException(
                    path,
                    "declares a header of " + Long.toUnsignedString(length) + " bytes; at most "
                            + extent.maxHeaderBytes() + " are allowed");
        }
        if (length > size - Long.BYTES) {
            throw new SafetensorsException(path, "declares a header of " + length + " bytes but has only " + size);
        }
        byte[] json = read(channel, extent.begin() + Long.BYTES, (int) length).array();
        return HeaderParser.parse(path, json, extent.begin() + Long.BYTES + length, extent.begin() + size);
    }

    private static ByteBuffer read(FileChannel channel, long position, int count) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, position + buffer.position()) < 0) {
                throw new EOFException("the file became shorter while it was read");
            }
        }
        return buffer.flip();
    }

    public Path path() {
        return path;
    }

    /** The tensors by name, in the order of their offsets. */
    public Map<String, TensorEntry> tensors() {
        return Collections.unmodifiableMap(tensors);
    }

    /** @throws SafetensorsException if the file has no tensor of this name */
    public TensorEntry entry(String name) {
        @Nullable TensorEntry entry = tensors.get(name);
        if (entry == null) {
            throw new SafetensorsException(path, "has no tensor '" + name + "'");
        }
        return entry;
    }

    /**
     * The bytes of a tensor: mapped, read-only, direct, little-endian.
     *
     * @throws SafetensorsException if there is no such tensor, or it is larger than 2 GiB; then use
     *     {@link #bytes(String, long, int)}
     */
    public ByteBuffer bytes(String name) throws IOException {
        TensorEntry entry = entry(name);
        if (entry.byteCount() > Integer.MAX_VALUE) {
            throw new SafetensorsException(
                    path, "tensor '" + name + "' of " + entry.byteCount() + " bytes must be read in parts");
        }
        return bytes(name, 0, (int) entry.byteCount());
    }

    /**
     * A part of a tensor's bytes, as {@link #bytes(String)} gives them.
     *
     * @param offset offset within the tensor
     */
    public ByteBuffer bytes(String name, long offset, int count) throws IOException {
        TensorEntry entry = entry(name);
        if (offset < 0 || count < 0 || offset > entry.byteCount() - count) {
            throw new IndexOutOfBoundsException("bytes " + offset + " to " + (offset + count) + " of tensor '" + name
                    + "' which has " + entry.byteCount());
        }
        if (count == 0) {
            return ByteBuffer.allocateDirect(0).order(ByteOrder.LITTLE_ENDIAN);
        }
        collectNowAndThen(count);
        return channel.map(FileChannel.MapMode.READ_ONLY, entry.begin() + offset, count)
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Runs the collector after a number of bytes: mapped bytes stay resident until their buffers are collected, and an
     * engine process rarely collects otherwise.
     */
    private static void collectNowAndThen(int count) {
        if (MAPPED_SINCE_COLLECTION.addAndGet(count) > MOST_RELEASABLE_BYTES) {
            MAPPED_SINCE_COLLECTION.set(0);
            System.gc();
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
