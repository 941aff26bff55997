package dev.anneal.engine.format.safetensors;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the writer writes, the reader reads, and the bytes are those of the reference implementation. */
class SafetensorsWriterTest {

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Path folder;

    @Test
    void everyTensorComesBack() throws IOException {
        Path file = folder.resolve("a.safetensors");
        SafetensorsWriter.write(file, Samples.mixed(), Map.of("origin", "test"));

        try (SafetensorsFile opened = SafetensorsFile.open(file)) {
            assertThat(opened.entry("alpha \"quoted\" é").shape()).containsExactly(2L, 3L);
            assertThat(opened.bytes("scalar").remaining()).isEqualTo(Long.BYTES);
            assertThat(opened.bytes("empty").remaining()).isZero();
            assertThat(opened.bytes("zeta").get(2)).isEqualTo((byte) 2);
            assertThat(opened.bytes("weight").asFloatBuffer().get(1)).isEqualTo(-2f);
        }
    }

    @Test
    void metadataStandsBesideTheFormat() throws IOException {
        Path file = folder.resolve("a.safetensors");
        SafetensorsWriter.write(file, List.of(), Map.of("origin", "test"));

        assertThat(header(Files.readAllBytes(file)))
                .isEqualTo("{\"__metadata__\":{\"format\":\"pt\",\"origin\":\"test\"}}");
    }

    /** Widest type first, then by name; the header of safetensors 0.8.0 for the same tensors, padded to 8 bytes. */
    @Test
    void bytesAreThoseOfTheReference() throws IOException {
        Path file = folder.resolve("a.safetensors");
        SafetensorsWriter.write(
                file,
                List.of(
                        Samples.bytes("b", Dtype.U8, List.of(2L), 2),
                        Samples.bytes("c", Dtype.BF16, List.of(1L, 1L), 2),
                        Samples.bytes("a", Dtype.BF16, List.of(1L), 2)));

        String header = "{\"__metadata__\":{\"format\":\"pt\"},"
                + "\"a\":{\"dtype\":\"BF16\",\"shape\":[1],\"data_offsets\":[0,2]},"
                + "\"c\":{\"dtype\":\"BF16\",\"shape\":[1,1],\"data_offsets\":[2,4]},"
                + "\"b\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[4,6]}}";
        byte[] bytes = Files.readAllBytes(file);
        assertThat(header(bytes)).isEqualTo(header);
        assertThat(bytes).hasSize(Long.BYTES + headerLength(bytes) + 6);
        assertThat(headerLength(bytes) % 8).isZero();
    }

    private static String header(byte[] file) {
        return new String(file, Long.BYTES, headerLength(file), UTF_8).stripTrailing();
    }

    private static int headerLength(byte[] file) {
        return (int) ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong();
    }

    @Test
    void contentOfTheWrongSizeLeavesNoFile() throws IOException {
        Path file = folder.resolve("a.safetensors");
        Files.writeString(file, "earlier");
        TensorData lying = TensorsInMemory.ofFloats("weight", List.of(3L), new float[2]);

        assertThatThrownBy(() -> SafetensorsWriter.write(file, List.of(lying)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("needs 12 bytes but wrote 8");
        assertThat(file).hasContent("earlier");
        try (Stream<Path> children = Files.list(folder)) {
            assertThat(children).containsExactly(file);
        }
    }

    @Test
    void oneNameForTwoTensorsIsRefused() {
        TensorData tensor = Samples.bytes("a", Dtype.U8, List.of(1L), 1);

        assertThatThrownBy(() -> SafetensorsWriter.write(folder.resolve("a.safetensors"), List.of(tensor, tensor)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'a' is given twice");
    }
}
