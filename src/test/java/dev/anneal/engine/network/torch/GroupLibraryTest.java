package dev.anneal.engine.network.torch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The committed libraries are those of the sources. {@code src/main/native/build.sh --check} compares their bytes. */
class GroupLibraryTest {

    private static final Path SOURCES = Path.of("src/main/native");

    /** What else the record beside a library says. */
    private static final Set<String> OTHERS = Set.of("libtorch", "compiler", "linker");

    @ParameterizedTest
    @ValueSource(strings = {"linux-x86_64", "linux-aarch64"})
    void theLibraryIsBuiltFromItsSources(String platform) throws IOException {
        Properties record = new Properties();
        try (InputStream file = resource(platform, "libanneal_groups.properties")) {
            record.load(file);
        }
        record.keySet().removeAll(OTHERS);

        assertThat(record)
                .as("after a change run src/main/native/build.sh and commit src/main/resources/native")
                .isEqualTo(digests());
    }

    private static Map<String, String> digests() throws IOException {
        try (Stream<Path> files = Files.list(SOURCES)) {
            return files.filter(file -> !file.toString().endsWith(".sh"))
                    .collect(Collectors.toMap(file -> file.getFileName().toString(), GroupLibraryTest::digest));
        }
    }

    private static String digest(Path file) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(sha256.digest(Files.readAllBytes(file)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"linux-x86_64", "linux-aarch64"})
    void theJarHasTheLibrary(String platform) throws IOException {
        try (InputStream library = resource(platform, GroupLibrary.FILE)) {
            assertThat(library.readNBytes(4)).containsExactly(0x7f, 'E', 'L', 'F');
        }
    }

    private static InputStream resource(String platform, String name) {
        return assertThat(GroupLibrary.class.getResourceAsStream("/native/" + platform + "/" + name))
                .isNotNull()
                .actual();
    }

    @Test
    void theLibraryBesideLibtorchGoesFirst(@TempDir Path torch) throws IOException {
        Path library = Files.createFile(torch.resolve(GroupLibrary.FILE));

        assertThat(GroupLibrary.beside(torch + "/lib")).contains(library);
        assertThat(GroupLibrary.beside(torch + "/lib/")).contains(library);
    }

    @Test
    void otherwiseTheJarsIsTaken(@TempDir Path torch) {
        assertThat(GroupLibrary.beside(torch + "/lib")).isEmpty();
        assertThat(GroupLibrary.beside(null)).isEmpty();
    }
}
