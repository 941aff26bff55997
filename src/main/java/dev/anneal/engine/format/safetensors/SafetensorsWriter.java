package dev.anneal.engine.format.safetensors;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.anneal.engine.format.file.DurableFiles;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Writes safetensors files like the reference implementation: widest element type first, then by name, header padded to
 * 8 bytes. The same tensors give the same bytes. A file appears under its name only when it is complete and on disk.
 */
public final class SafetensorsWriter {

    private static final JsonFactory JSON = new JsonFactory();
    private static final Comparator<TensorData> ORDER =
            Comparator.comparing(TensorData::dtype).reversed().thenComparing(TensorData::name);

    private SafetensorsWriter() {}

    /** Writes a file whose only metadata is {@code format: pt}, which transformers requires. */
    public static void write(Path file, Collection<TensorData> tensors) throws IOException {
        write(file, tensors, Map.of());
    }

    /**
     * @param metadata metadata of the header in addition to {@code format: pt}
     * @throws IllegalArgumentException if two tensors have one name, or a tensor's number of bytes differs from its
     *     shape's
     */
    public static void write(Path file, Collection<TensorData> tensors, Map<String, String> metadata)
            throws IOException {
        List<TensorData> ordered = tensors.stream().sorted(ORDER).toList();
        requireDistinctNames(ordered);
        Path target = file.toAbsolutePath();
        Path temporary = target.resolveSibling(
                "." + target.getFileName() + ".tmp-" + ProcessHandle.current().pid());
        try {
            writeTemporary(temporary, ordered, metadata);
            DurableFiles.rename(temporary, target);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private static void requireDistinctNames(List<TensorData> tensors) {
        Set<String> names = new HashSet<>();
        for (TensorData tensor : tensors) {
            if (!names.add(tensor.name())) {
                throw new IllegalArgumentException("tensor '" + tensor.name() + "' is given twice");
            }
        }
    }

    private static void writeTemporary(Path file, List<TensorData> tensors, Map<String, String> metadata)
            throws IOException {
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            byte[] header = header(tensors, metadata);
            TensorData.writeFully(
                    channel,
                    ByteBuffer.allocate(Long.BYTES)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .putLong(header.length)
                            .flip());
            TensorData.writeFully(channel, ByteBuffer.wrap(header));
            for (TensorData tensor : tensors) {
                writeContent(channel, tensor);
            }
            channel.force(true);
        }
    }

    private static void writeContent(FileChannel channel, TensorData tensor) throws IOException {
        long expected = channel.position() + tensor.byteCount();
        tensor.content().writeTo(channel);
        if (channel.position() != expected) {
            throw new IllegalArgumentException("tensor '" + tensor.name() + "' of " + tensor.dtype() + " "
                    + tensor.shape() + " needs " + tensor.byteCount() + " bytes but wrote "
                    + (channel.position() - expected + tensor.byteCount()));
        }
    }

    private static byte[] header(List<TensorData> tensors, Map<String, String> metadata) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
            json.writeStartObject();
            json.writeName("__metadata__").writeStartObject();
            Map<String, String> sorted = new TreeMap<>(metadata);
            sorted.put("format", "pt");
            sorted.forEach(json::writeStringProperty);
            json.writeEndObject();
            long offset = 0;
            for (TensorData tensor : tensors) {
                long end = Math.addExact(offset, tensor.byteCount());
                entry(json, tensor, offset, end);
                offset = end;
            }
            json.writeEndObject();
        }
        byte[] bytes = text.toString().getBytes(UTF_8);
        byte[] padded = Arrays.copyOf(bytes, (bytes.length + 7) / 8 * 8);
        Arrays.fill(padded, bytes.length, padded.length, (byte) ' ');
        return padded;
    }

    private static void entry(JsonGenerator json, TensorData tensor, long begin, long end) {
        json.writeName(tensor.name()).writeStartObject();
        json.writeStringProperty("dtype", tensor.dtype().name());
        json.writeName("shape").writeStartArray();
        tensor.shape().forEach(json::writeNumber);
        json.writeEndArray();
        json.writeName("data_offsets").writeStartArray();
        json.writeNumber(begin).writeNumber(end);
        json.writeEndArray();
        json.writeEndObject();
    }
}
