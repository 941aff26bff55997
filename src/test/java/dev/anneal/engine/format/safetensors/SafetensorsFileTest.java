package dev.anneal.engine.format.safetensors;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tensors are mapped where the header says they lie, also beyond the reach of an int. */
class SafetensorsFileTest {

    private static final long THREE_GIB = 3L << 30;

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Path folder;

    @Test
    void emptyFileOfNoTensorsIsValid() throws IOException {
        Path file = RawFile.of(folder.resolve("a.safetensors"), "{}", new byte[0]);

        try (SafetensorsFile opened = SafetensorsFile.open(file)) {
            assertThat(opened.tensors()).isEmpty();
        }
    }

    @Test
    void buffersStayValidAfterTheFileIsClosed() throws IOException {
        Path file = folder.resolve("a.safetensors");
        SafetensorsWriter.write(file, Samples.mixed());
        ByteBuffer bytes;
        try (SafetensorsFile opened = SafetensorsFile.open(file)) {
            bytes = opened.bytes("weight");
        }

        assertThat(bytes.isReadOnly()).isTrue();
        assertThat(bytes.isDirect()).isTrue();
        assertThat(bytes.getFloat(0)).isEqualTo(1.5f);
    }

    @Test
    void unknownTensorIsNamed() throws IOException {
        Path file = folder.resolve("a.safetensors");
        SafetensorsWriter.write(file, Samples.mixed());

        try (SafetensorsFile opened = SafetensorsFile.open(file)) {
            assertThatThrownBy(() -> opened.bytes("lm_head.weight")).hasMessageContaining("no tensor 'lm_head.weight'");
        }
    }

    /** The file is sparse: it takes a few kilobytes of disk. */
    @Test
    void tensorsBeyondTwoGibibytesAreReadInParts() throws IOException {
        Path file = folder.resolve("big.safetensors");
        long end = THREE_GIB + 4;
        byte[] header = ("{\"big\":{\"dtype\":\"U8\",\"shape\":[" + THREE_GIB + "],\"data_offsets\":[0," + THREE_GIB
                        + "]},\"last\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[" + THREE_GIB + "," + end
                        + "]}}")
                .getBytes(UTF_8);
        try (RandomAccessFile writer = new RandomAccessFile(file.toFile(), "rw")) {
            writer.writeLong(Long.reverseBytes(header.length));
            writer.write(header);
            writer.setLength(Long.BYTES + header.length + end);
            writer.seek(Long.BYTES + header.length + THREE_GIB - 1);
            writer.write(7);
            writer.writeInt(Integer.reverseBytes(Float.floatToIntBits(2.5f)));
        }

        try (SafetensorsFile opened = SafetensorsFile.open(file)) {
            assertThatThrownBy(() -> opened.bytes("big")).hasMessageContaining("must be read in parts");
            assertThat(opened.bytes("big", THREE_GIB - 2, 2).get(1)).isEqualTo((byte) 7);
            assertThatThrownBy(() -> opened.bytes("big", THREE_GIB - 1, 2))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            assertThat(opened.bytes("last").order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
            assertThat(opened.bytes("last").getFloat()).isEqualTo(2.5f);
        }
    }
}
