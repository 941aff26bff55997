package dev.anneal.engine.format.gguf;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/** Collects the header of a file, whose largest part is a vocabulary of several megabytes. */
final class LittleEndian {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    LittleEndian int8(int value) {
        bytes.write(value);
        return this;
    }

    LittleEndian int32(int value) {
        for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
            bytes.write(value >>> shift);
        }
        return this;
    }

    LittleEndian int64(long value) {
        return int32((int) value).int32((int) (value >>> Integer.SIZE));
    }

    LittleEndian float32(float value) {
        return int32(Float.floatToRawIntBits(value));
    }

    /** Writes the length in bytes, then the UTF-8 bytes. */
    LittleEndian text(String value) {
        byte[] encoded = value.getBytes(UTF_8);
        int64(encoded.length);
        bytes.writeBytes(encoded);
        return this;
    }

    /** Reads what {@link #text(String)} wrote. */
    static String text(ByteBuffer from) {
        byte[] encoded = new byte[Math.toIntExact(Math.min(from.getLong(), from.remaining()))];
        from.get(encoded);
        return new String(encoded, UTF_8);
    }

    /** Zeros up to the next multiple of {@code alignment}. */
    LittleEndian pad(int alignment) {
        while (bytes.size() % alignment != 0) {
            bytes.write(0);
        }
        return this;
    }

    byte[] toByteArray() {
        return bytes.toByteArray();
    }
}
