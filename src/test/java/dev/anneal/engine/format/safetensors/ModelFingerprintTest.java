package dev.anneal.engine.format.safetensors;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.engine.format.file.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A fingerprint changes with the configuration and with any byte of the weights. */
class ModelFingerprintTest {

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Path folder;

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Path cache;

    @BeforeEach
    void writeModel() throws IOException {
        Files.writeString(folder.resolve("config.json"), "{}");
        SafetensorsWriter.write(folder.resolve(WeightDirectory.SINGLE_FILE), Samples.mixed());
    }

    /** Printed by sha256sum for these very files. */
    @Test
    void fingerprintCanBeMadeWithTheShell() throws IOException {
        String config = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a  config.json\n";
        String weights = Sha256.of(folder.resolve(WeightDirectory.SINGLE_FILE)) + "  model.safetensors\n";

        assertThat(fingerprint(null)).isEqualTo(Sha256.ofText(config + weights));
    }

    @Test
    void changedConfigurationChangesIt() throws IOException {
        String before = fingerprint(cache);
        Files.writeString(folder.resolve("config.json"), "{\"a\":1}");

        assertThat(fingerprint(cache)).isNotEqualTo(before);
    }

    @Test
    void changedWeightChangesIt() throws IOException {
        String before = fingerprint(cache);
        SafetensorsWriter.write(
                folder.resolve(WeightDirectory.SINGLE_FILE), List.of(Samples.bytes("a", Dtype.U8, List.of(1L), 1)));

        assertThat(fingerprint(cache)).isNotEqualTo(before).isEqualTo(fingerprint(null));
    }

    @Test
    void unchangedFileIsNotReadAgain() throws IOException {
        Path config = folder.resolve("config.json");
        FileTime time = FileTime.from(Instant.parse("2026-01-02T03:04:05Z"));
        Files.setLastModifiedTime(config, time);
        String before = fingerprint(cache);
        Files.writeString(config, "[]");
        Files.setLastModifiedTime(config, time);

        assertThat(fingerprint(cache)).isEqualTo(before);
        assertThat(fingerprint(null)).isNotEqualTo(before);
    }

    /** What a file system may leave of a file that was written when the power failed. */
    @Test
    void emptiedMemoryIsFilledAgain() throws IOException {
        String before = fingerprint(cache);
        try (Stream<Path> entries = Files.list(cache)) {
            for (Path entry : entries.toList()) {
                Files.write(entry, new byte[0]);
            }
        }

        assertThat(fingerprint(cache)).isEqualTo(before);
        try (Stream<Path> entries = Files.list(cache)) {
            assertThat(entries).hasSize(2).allSatisfy(entry -> assertThat(entry).hasSize(64));
        }
    }

    private String fingerprint(@Nullable Path rememberedIn) throws IOException {
        try (WeightDirectory weights = WeightDirectory.open(folder)) {
            return ModelFingerprint.of(weights, rememberedIn);
        }
    }
}
