package dev.anneal.service.platform.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What stands before the command of an engine process. */
class NicenessTest {

    @TempDir
    Path folder;

    @Test
    void theFirstProgramOnThePathIsTaken() throws IOException {
        Path program = Files.createFile(
                folder.resolve("nice"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));

        assertThat(Niceness.prefix(7, "/nowhere::" + folder + ":/usr/bin"))
                .containsExactly(program.toString(), "-n", "7");
    }

    @Test
    void zeroAndAMissingProgramChangeNothing() {
        assertThat(Niceness.prefix(0, "/usr/bin:/bin")).isEmpty();
        assertThat(Niceness.prefix(7, folder.toString())).isEmpty();
        assertThat(Niceness.prefix(7, "")).isEmpty();
    }
}
