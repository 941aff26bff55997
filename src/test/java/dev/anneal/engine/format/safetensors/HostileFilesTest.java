package dev.anneal.engine.format.safetensors;

import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anneal.penetration.Penetration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files that lie are refused with the reason, before anything is allocated for what they claim. */
@Penetration
class HostileFilesTest {

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Path folder;

    private Path file = Path.of("unset");

    @BeforeEach
    void nameTheFile() {
        file = folder.resolve("hostile.safetensors");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            quoteCharacter = '`',
            value = {
                "[]|must begin with '{'",
                " {}|must begin with '{'",
                "{\"a\":1}|must be described by an object",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}|not valid JSON",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}x|not valid JSON",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}{}|nothing but spaces may follow",
                "{\"a\":{\"dtype\":\"F33\",\"shape\":[1],\"data_offsets\":[0,4]}}|unknown dtype 'F33'",
                "{\"a\":{\"dtype\":\"f32\",\"shape\":[1],\"data_offsets\":[0,4]}}|unknown dtype 'f32'",
                "{\"a\":{\"dtype\":7,\"shape\":[1],\"data_offsets\":[0,4]}}|'dtype' must be a string",
                "{\"a\":{\"shape\":[1],\"data_offsets\":[0,4]}}|needs dtype, shape and two data_offsets",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}|needs dtype, shape and two data_offsets",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0]}}|needs dtype, shape and two data_offsets",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4,4]}}|more than 2 entries",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1.0],\"data_offsets\":[0,4]}}|must be a list of integers",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[\"1\"],\"data_offsets\":[0,4]}}|must be a list of integers",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}|negative number -1",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[-4,0]}}|negative number -4",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]}}|begins at byte 4 but ends at byte 0",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}|ends at byte 8 of the data but the file has 4",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}|needs 8 bytes but has 4",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,4]}}|overflow",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[2305843009213693952],\"data_offsets\":[0,4]}}|overflow",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[99999999999999999999],\"data_offsets\":[0,4]}}|not valid JSON",
                "{\"a\":{\"dtype\":\"F4\",\"shape\":[7],\"data_offsets\":[0,4]}}|no whole number of bytes",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4],\"x\":1}}|unknown key 'x'",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"shape\":[1],\"data_offsets\":[0,4]}}|a second time",
                "{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]},\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[2,4]}}|a second time",
                "{\"a\":{\"dtype\":\"U8\",\"shape\":[3],\"data_offsets\":[0,3]},\"b\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[2,4]}}|begins at byte",
                "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},\"b\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[2,4]}}|begins at byte",
                "{\"a\":{\"dtype\":\"U8\",\"shape\":[3],\"data_offsets\":[0,3]}}|but the file has",
                "{\"a\":{\"dtype\":\"U8\",\"shape\":[3],\"data_offsets\":[1,4]}}|begins at byte",
                "{}|but the file has",
                "{\"__metadata__\":{\"format\":1}}|must hold a string",
                "{\"__metadata__\":[]}|must be an object of strings",
                "{\"__metadata__\":{},\"__metadata__\":{}}|a second time",
            })
    void lyingHeaderIsRefused(String header, String reason) throws IOException {
        RawFile.of(file, header, new byte[4]);

        assertThatThrownBy(() -> SafetensorsFile.open(file))
                .isInstanceOf(SafetensorsException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining(reason);
    }

    @ParameterizedTest
    @CsvSource({
        "-1, declares a header of 18446744073709551615 bytes",
        "9223372036854775807, declares a header of 9223372036854775807 bytes",
        "100000001, at most 100000000",
        "100000000, but has only",
        "0, must begin with '{'",
        "1, not valid JSON",
    })
    void lyingHeaderLengthIsRefused(long declared, String reason) throws IOException {
        RawFile.of(file, declared, "{}".getBytes(UTF_8), new byte[0]);

        assertThatThrownBy(() -> SafetensorsFile.open(file))
                .isInstanceOf(SafetensorsException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void fileWithoutRoomForTheHeaderLengthIsRefused() throws IOException {
        Files.write(file, new byte[7]);

        assertThatThrownBy(() -> SafetensorsFile.open(file)).hasMessageContaining("has 7 bytes");
    }

    @Test
    void directoryIsRefused() {
        assertThatThrownBy(() -> SafetensorsFile.open(folder))
                .isInstanceOf(SafetensorsException.class)
                .hasMessageContaining("must be a regular file");
    }

    @Test
    void headerInAnotherEncodingIsRefused() throws IOException {
        byte[] utf16 = "{ }".getBytes(UTF_16LE);
        RawFile.of(file, utf16.length, utf16, new byte[0]);
        assertThatThrownBy(() -> SafetensorsFile.open(file)).isInstanceOf(SafetensorsException.class);

        byte[] malformed = {'{', '"', (byte) 0xC3, '"', ':', '1', '}'};
        RawFile.of(file, malformed.length, malformed, new byte[0]);
        assertThatThrownBy(() -> SafetensorsFile.open(file)).isInstanceOf(SafetensorsException.class);
    }

    @Test
    void deeplyNestedHeaderIsRefusedWithoutExhaustingTheStack() throws IOException {
        RawFile.of(file, "{\"a\":" + "[".repeat(1_000_000), new byte[0]);

        assertThatThrownBy(() -> SafetensorsFile.open(file)).isInstanceOf(SafetensorsException.class);
    }

    @Test
    void headerOfTooManyTensorsIsRefused() throws IOException {
        String header = IntStream.rangeClosed(0, HeaderParser.MAX_TENSORS)
                .mapToObj(i -> "\"" + i + "\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}")
                .collect(Collectors.joining(",", "{", "}"));
        RawFile.of(file, header, new byte[0]);

        assertThatThrownBy(() -> SafetensorsFile.open(file)).hasMessageContaining("at most 100000 tensors");
    }

    /** Whatever bytes change, a file is either refused or every tensor that it offers can be read. */
    @Test
    void damagedFilesAreRefusedOrReadable() throws IOException {
        SafetensorsWriter.write(file, Samples.mixed());
        byte[] intact = Files.readAllBytes(file);
        Random random = new Random(42);
        int refused = 0;
        for (int round = 0; round < 2_000; round++) {
            byte[] damaged = damage(intact.clone(), random);
            Files.write(file, damaged, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
            refused += isRefused() ? 1 : 0;
        }

        assertThat(refused).isGreaterThan(1_000);
    }

    private static byte[] damage(byte[] bytes, Random random) {
        int headerEnd = Math.min(bytes.length, 500);
        for (int i = random.nextInt(3); i >= 0; i--) {
            bytes[random.nextInt(headerEnd)] =
                    (byte) (random.nextBoolean() ? '0' + random.nextInt(10) : random.nextInt());
        }
        return random.nextInt(4) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes;
    }

    private boolean isRefused() throws IOException {
        try (SafetensorsFile opened = SafetensorsFile.open(file)) {
            for (TensorEntry tensor : opened.tensors().values()) {
                assertThat(opened.bytes(tensor.name()).remaining()).isEqualTo((int) tensor.byteCount());
            }
            return false;
        } catch (SafetensorsException e) {
            assertThat(e).hasMessageContaining(file.toString());
            return true;
        }
    }
}
