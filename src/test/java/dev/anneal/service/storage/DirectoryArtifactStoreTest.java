package dev.anneal.service.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files are there completely or not at all. */
class DirectoryArtifactStoreTest {

    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-01-10T00:00:00Z"), ZoneOffset.UTC);
    private static final ArtifactKey KEY = ArtifactKey.ofFile("default", "file-1");

    /** SHA-256 of "hello", from FIPS 180 test tools ({@code printf hello | sha256sum}). */
    private static final String HELLO_SHA256 = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

    @TempDir
    private Path root;

    private DirectoryArtifactStore store;

    @BeforeEach
    void openStore() {
        store = new DirectoryArtifactStore(root, CLOCK);
    }

    @Test
    void ofAFolderEverythingGoesThatIsMeantAndNotKept() throws IOException {
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
        store.deleteWithin(job, "", List.of());
    }

    @Test
    void contentIsHashedAndReadBackFromAnyOffset() throws IOException {
        assertThat(store.write(KEY, text("hello"), 5)).isEqualTo(new StoredContent(5, HELLO_SHA256));
        assertThat(store.size(KEY)).isEqualTo(5);
        assertThat(read(0)).isEqualTo("hello");
        assertThat(read(3)).isEqualTo("lo");
        assertThat(read(9)).isEmpty();
    }

    @Test
    void contentBeyondTheLimitLeavesNothing() throws IOException {
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> store.write(KEY, text("hello"), 4))
                .satisfies(exception -> assertThat(exception.kind()).isEqualTo(StorageException.Kind.TOO_LARGE));
        assertThat(filesUnderRoot()).isEmpty();
    }

    @Test
    void brokenUploadLeavesNothingAndKeepsItsException() throws IOException {
        IOException broken = new IOException("connection reset");
        InputStream source = new SequenceInputStream(text("the first part"), new BrokenStream(broken));

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> store.write(KEY, source, Long.MAX_VALUE))
                .isSameAs(broken);
        assertThat(filesUnderRoot()).isEmpty();
    }

    /** The messages are Linux's for ENOSPC and EDQUOT, as the JDK passes them on. */
    @ParameterizedTest
    @CsvSource({"No space left on device, FULL", "Disk quota exceeded, FULL", "Input/output error, FAILED"})
    void fullDiskIsToldFromABrokenOne(String reason, StorageException.Kind kind) {
        StorageException exception = StorageException.of("store", KEY, new FileSystemException("a", null, reason));

        assertThat(exception.kind()).isEqualTo(kind);
        assertThat(exception)
                .hasMessageContaining("cannot store 'default/files/file-1'")
                .hasMessageContaining(reason);
    }

    @Test
    void missingContentIsSaidToBeMissing() {
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> store.open(KEY, 0))
                .withMessage("nothing is stored under 'default/files/file-1'")
                .satisfies(exception -> assertThat(exception.kind()).isEqualTo(StorageException.Kind.NOT_FOUND));
    }

    @Test
    void folderIsWrittenInPlacePublishedAndDeleted() throws IOException {
        ArtifactKey attempt = new ArtifactKey("default/ftjob-1/attempt-7");
        Path folder = store.localFolder(attempt);
        Files.writeString(
                Files.createDirectories(folder.resolve("checkpoint-3")).resolve("adapter.safetensors"), "a");

        store.publish(attempt);

        assertThat(store.size(attempt.child("checkpoint-3").child("adapter.safetensors")))
                .isEqualTo(1);
        assertThat(store.localFolder(attempt).resolve("checkpoint-3")).isNotEmptyDirectory();
        store.delete(attempt);
        store.delete(attempt);
        assertThat(filesUnderRoot()).isEmpty();
        assertThatExceptionOfType(StorageException.class).isThrownBy(() -> store.localCopy(attempt));
    }

    @Test
    void leftoversOfADeadProcessAreDeletedAtTheNextStart() throws IOException {
        Path old = Files.writeString(root.resolve(".temporary/old"), "x");
        Path current = Files.writeString(root.resolve(".temporary/current"), "x");
        Files.setLastModifiedTime(old, FileTime.from(CLOCK.instant().minus(Duration.ofDays(2))));
        Files.setLastModifiedTime(current, FileTime.from(CLOCK.instant().minus(Duration.ofHours(1))));

        openStore();

        assertThat(old).doesNotExist();
        assertThat(current).exists();
    }

    @Test
    void processesThatStartTogetherDeleteWhatWasAbandoned() throws IOException {
        for (int i = 0; i < 200; i++) {
            Path old = Files.createDirectories(root.resolve(".temporary").resolve("old-" + i));
            Files.createFile(old.resolve("part"));
            Files.setLastModifiedTime(old, FileTime.from(CLOCK.instant().minus(Duration.ofDays(2))));
        }

        List<CompletableFuture<Void>> starts = Stream.generate(() -> CompletableFuture.runAsync(this::openStore))
                .limit(8)
                .toList();

        assertThat(starts).allSatisfy(start -> assertThat(start).succeedsWithin(Duration.ofSeconds(30)));
    }

    private String read(long offset) throws IOException {
        try (InputStream content = store.open(KEY, offset)) {
            return new String(content.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private Stream<Path> filesUnderRoot() throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(Files::isRegularFile).toList().stream();
        }
    }

    private static InputStream text(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    /** A client that has gone. */
    private static final class BrokenStream extends InputStream {

        private final IOException failure;

        BrokenStream(IOException failure) {
            this.failure = failure;
        }

        @Override
        public int read() throws IOException {
            throw failure;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            throw failure;
        }
    }
}
