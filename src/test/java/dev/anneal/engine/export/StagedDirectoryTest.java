package dev.anneal.engine.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A folder appears complete or not at all. */
class StagedDirectoryTest {

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Path parent;

    @Test
    void publishedFolderHoldsWhatWasWritten() throws IOException {
        Path target = parent.resolve("deep/export");
        try (StagedDirectory staged = StagedDirectory.beside(target)) {
            Files.writeString(staged.path().resolve("a"), "1");
            assertThat(target).doesNotExist();
            staged.publish();
        }

        assertThat(target.resolve("a")).hasContent("1");
        assertThat(target.resolveSibling(".")).isDirectoryNotContaining("glob:**.incomplete*");
    }

    @Test
    void unpublishedFolderLeavesNothing() throws IOException {
        try (StagedDirectory staged = StagedDirectory.beside(parent.resolve("export"))) {
            Files.writeString(staged.path().resolve("a"), "1");
        }

        assertThat(parent).isEmptyDirectory();
    }

    @Test
    void leftoversOfKilledProcessesAreRemoved() throws IOException {
        Path leftover = Files.createDirectory(parent.resolve(".export.incomplete-1"));
        Files.writeString(leftover.resolve("a"), "1");
        Path other = Files.createDirectory(parent.resolve(".other.incomplete-1"));

        StagedDirectory.beside(parent.resolve("export")).close();

        assertThat(leftover).doesNotExist();
        assertThat(other).exists();
    }

    @Test
    void existingFolderIsLeftAlone() throws IOException {
        Path target = Files.createDirectory(parent.resolve("export"));

        assertThatThrownBy(() -> StagedDirectory.beside(target)).isInstanceOf(FileAlreadyExistsException.class);
    }
}
