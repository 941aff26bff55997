package dev.anneal.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every seed, and so every input that fuzzing has found, is read or refused as it should be. */
class SeedsTest {

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Path scratch;

    @ParameterizedTest
    @EnumSource
    void seedsAreReadOrRefused(FuzzTarget target) throws IOException {
        FuzzBody body = target.body(scratch);
        List<Path> seeds = seeds(target);
        assertThat(seeds).isNotEmpty();
        for (Path seed : seeds) {
            read(body, seed);
        }
    }

    private static List<Path> seeds(FuzzTarget target) throws IOException {
        try (Stream<Path> files = Files.list(Path.of("src/test/resources/fuzz", target.wireName()))) {
            return files.sorted().toList();
        }
    }

    private static void read(FuzzBody body, Path seed) throws IOException {
        try {
            body.read(Files.readAllBytes(seed));
        } catch (RuntimeException | Error e) {
            throw new AssertionError(seed.toString(), e);
        }
    }
}
