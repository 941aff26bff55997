package dev.anneal.service.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.anneal.service.platform.startup.StartRefusedException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The contract, and what is special about folders. */
class DirectoryArtifactStoreTest extends ArtifactStoreContract {

    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-01-10T00:00:00Z"), ZoneOffset.UTC);
    private static final ArtifactKey KEY = ArtifactKey.ofFile("default", "file-1");

    @TempDir
    private Path root;

    private DirectoryArtifactStore store;

    @BeforeEach
    void openStore() {
        store = new DirectoryArtifactStore(root);
    }

    @Override
    protected ArtifactStore store() {
        return store;
    }

    @Override
    protected void assertIsEmpty() {
        try (Stream<Path> all = Files.walk(root)) {
            assertThat(all.filter(Files::isRegularFile)).isEmpty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void whatIsNotCompleteGoesWithWhatIs() throws IOException {
        ArtifactKey job = new ArtifactKey("default/job");
        for (String name : new String[] {"a-1", "a-2", ".a-3.incomplete", "b-1", ".b-2.incomplete"}) {
            Files.createDirectories(root.resolve("default/job").resolve(name).resolve("inner"));
        }

        store.deleteWithin(job, "a-", List.of(job.child("a-2")));

        assertThat(root.resolve("default/job").toFile().list())
                .containsExactlyInAnyOrder("a-2", "b-1", ".b-2.incomplete");
        store.deleteWithin(job, "", List.of());
        assertThat(root.resolve("default/job")).doesNotExist();
        assertThat(root.resolve("default")).exists();
    }

    /** The messages are Linux's for ENOSPC and EDQUOT, as the JDK passes them on. */
    @ParameterizedTest
    @CsvSource({"No space left on device, FULL", "Disk quota exceeded, FULL", "Input/output error, FAILED"})
    void fullDiskIsToldFromABrokenOne(String reason, StorageException.Reason kind) {
        StorageException exception = StorageException.of("store", KEY, new FileSystemException("a", null, reason));

        assertThat(exception.kind()).isEqualTo(kind);
        assertThat(exception)
                .hasMessageContaining("cannot store 'default/files/file-1'")
                .hasMessageContaining(reason);
    }

    @Test
    void folderIsWrittenInPlace() throws IOException {
        ArtifactKey attempt = new ArtifactKey("default/ftjob-1/attempt-7");
        Path folder = store.localFolder(attempt);
        Files.createDirectories(folder.resolve("checkpoint-3"));

        store.publish(attempt);

        assertThat(store.localFolder(attempt).resolve("checkpoint-3")).isDirectory();
        assertThat(folder).isEqualTo(root.resolve("default/ftjob-1/attempt-7"));
    }

    @Test
    void clientsReadThroughTheService() throws IOException {
        store.write(KEY, text("hello"), 5);

        assertThat(store.downloadAddress(KEY, "attachment")).isEmpty();
    }

    @Test
    void folderThatCannotBeWrittenToIsRefusedWithWhatToDo() throws IOException {
        Path file = Files.createFile(root.resolve("file"));

        assertThatExceptionOfType(StartRefusedException.class)
                .isThrownBy(() -> new DirectoryArtifactStore(file))
                .withMessage("anneal.storage.directory is not a writable folder: " + file)
                .satisfies(exception -> assertThat(exception.action()).contains("Set anneal.storage.directory to"));
    }

    @Test
    void markerIsAFileAtTheRootAndLeavesNoOther() {
        store.marker().create("whose");

        assertThat(root.resolve(".installation.json")).hasContent("whose");
        assertThat(root.resolve(".temporary")).isEmptyDirectory();
        assertThat(store.marker().place()).isEqualTo("folder " + root);
    }

    /** The JDK's own file system of that kind. */
    @Test
    void aFileSystemWithoutLinksTakesAMarkerAsWell() throws IOException {
        try (FileSystem zip = FileSystems.newFileSystem(root.resolve("a.zip"), Map.of("create", true))) {
            Path temporary = Files.createDirectory(zip.getPath("/temporary"));
            StoreMarker marker = new DirectoryMarker(zip.getPath("/"), temporary);

            marker.create("first");
            marker.create("second");

            assertThat(marker.read()).contains("first");
            assertThat(temporary).isEmptyDirectory();
        }
    }

    @Test
    void markerThatCannotBeReadOrWrittenNamesItsPlace() throws IOException {
        Path marker = Files.createDirectories(root.resolve(".installation.json/inner"));

        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> store.marker().read())
                .withMessageContaining("cannot read " + marker.getParent());
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> store.marker().replace("whose"))
                .withMessageContaining("cannot write " + marker.getParent());
    }

    @Test
    void leftoversOfADeadProcessAreDeletedAfterADay() throws IOException {
        Path old = Files.writeString(root.resolve(".temporary/old"), "x");
        Path current = Files.writeString(root.resolve(".temporary/current"), "x");
        Files.setLastModifiedTime(old, FileTime.from(CLOCK.instant().minus(Duration.ofDays(2))));
        Files.setLastModifiedTime(current, FileTime.from(CLOCK.instant().minus(Duration.ofHours(1))));

        new StorageConfiguration().abandonedSweep(store, CLOCK).run().run();

        assertThat(old).doesNotExist();
        assertThat(current).exists();
    }

    @Test
    void processesThatSweepTogetherDeleteWhatWasAbandoned() throws IOException {
        for (int i = 0; i < 200; i++) {
            Path old = Files.createDirectories(root.resolve(".temporary").resolve("old-" + i));
            Files.createFile(old.resolve("part"));
            Files.setLastModifiedTime(old, FileTime.from(CLOCK.instant().minus(Duration.ofDays(2))));
        }

        List<CompletableFuture<Void>> sweeps = Stream.generate(() -> CompletableFuture.runAsync(
                        () -> store.deleteAbandoned(CLOCK.instant().minus(Duration.ofDays(1)))))
                .limit(8)
                .toList();

        assertThat(sweeps).allSatisfy(sweep -> assertThat(sweep).succeedsWithin(Duration.ofSeconds(30)));
    }
}
