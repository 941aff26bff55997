package dev.anneal.service.platform.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each platform has an archive of its own, by the values of {@code os.name} and {@code os.arch} there. */
class PostgresBinariesTest {

    @ParameterizedTest
    @CsvSource({
        "Linux,    amd64,   postgres-linux-x86_64.txz",
        "Linux,    aarch64, postgres-linux-arm_64.txz",
        "Mac OS X, aarch64, postgres-darwin-arm_64.txz",
    })
    void platformHasItsArchive(String system, String architecture, String archive) {
        assertThat(PostgresBinaries.archiveName(system, architecture)).isEqualTo(archive);
    }
}
