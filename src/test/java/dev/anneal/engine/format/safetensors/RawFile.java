package dev.anneal.engine.format.safetensors;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes files byte by byte, valid or not, without the writer under test. */
final class RawFile {

    private RawFile() {}

    /** A file of header length, header text and data. */
    static Path of(Path file, String header, byte[] data) throws IOException {
        return of(file, header.getBytes(UTF_8).length, header.getBytes(UTF_8), data);
    }

    /** A file that declares a header of another length than it has. */
    static Path of(Path file, long declaredLength, byte[] header, byte[] data) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES + header.length + data.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(declaredLength)
                .put(header)
                .put(data);
        return Files.write(file, bytes.array());
    }
}
