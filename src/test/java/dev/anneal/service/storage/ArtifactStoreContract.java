package dev.anneal.service.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.anneal.engine.format.file.Sha256;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every store does. Files are there completely or not at all. */
public abstract class ArtifactStoreContract {

    private static final ArtifactKey KEY = ArtifactKey.ofFile("default", "file-1");

    /** SHA-256 of "hello", from FIPS 180 test tools ({@code printf hello | sha256sum}). */
    private static final String HELLO_SHA256 = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

    private static final int MEBIBYTE = 1 << 20;

    /** An empty store. */
    protected abstract ArtifactStore store();

    /** Fails if anything lies in the store, complete or not. */
    protected abstract void assertIsEmpty();

    @Test
    void contentIsHashedAndReadBackFromAnyOffset() throws IOException {
        assertThat(store().write(KEY, text("hello"), 5)).isEqualTo(new StoredContent(5, HELLO_SHA256));
        assertThat(store().size(KEY)).isEqualTo(5);
        assertThat(read(KEY, 0)).isEqualTo("hello");
        assertThat(read(KEY, 3)).isEqualTo("lo");
        assertThat(read(KEY, 5)).isEmpty();
        assertThat(read(KEY, 9)).isEmpty();
    }

    @Test
    void emptyContentIsAFile() throws IOException {
        assertThat(store().write(KEY, text(""), 0).bytes()).isZero();
        assertThat(store().size(KEY)).isZero();
        assertThat(read(KEY, 0)).isEmpty();
    }

    /** Just below, at and above the parts of 8 MiB in which a store may send it. */
    @ParameterizedTest
    @ValueSource(ints = {8 * MEBIBYTE - 1, 8 * MEBIBYTE, 8 * MEBIBYTE + 1, 20 * MEBIBYTE})
    void largeContentIsTheSameBytes(int bytes) throws IOException {
        byte[] content = random(bytes);

        StoredContent stored = store().write(KEY, new ByteArrayInputStream(content), Long.MAX_VALUE);

        assertThat(stored).isEqualTo(new StoredContent(bytes, sha256(content)));
        assertThat(store().size(KEY)).isEqualTo(bytes);
        try (InputStream back = store().open(KEY, 1)) {
            byte[] rest = new byte[bytes - 1];
            System.arraycopy(content, 1, rest, 0, rest.length);
            assertThat(sha256(back.readAllBytes())).isEqualTo(sha256(rest));
        }
        try (LocalCopy copy = store().localFile(KEY, stored.sha256())) {
            assertThat(Sha256.of(copy.path())).isEqualTo(stored.sha256());
        }
    }

    @Test
    void contentIsReplacedAsAWhole() throws IOException {
        store().write(KEY, text("the first"), 100);
        store().write(KEY, text("2"), 100);

        assertThat(read(KEY, 0)).isEqualTo("2");
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 9 * MEBIBYTE, 17 * MEBIBYTE})
    void contentBeyondTheLimitLeavesNothing(int bytes) {
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> store().write(KEY, new ByteArrayInputStream(random(bytes)), bytes - 1))
                .satisfies(exception -> assertThat(exception.kind()).isEqualTo(StorageException.Reason.TOO_LARGE))
                .satisfies(exception -> assertThat(exception.isOfTheStore()).isFalse());
        assertIsEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 9 * MEBIBYTE, 17 * MEBIBYTE})
    void brokenUploadLeavesNothingAndKeepsItsException(int bytes) {
        IOException broken = new IOException("connection reset");
        InputStream source = new SequenceInputStream(new ByteArrayInputStream(random(bytes)), new BrokenStream(broken));

        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> store().write(KEY, source, Long.MAX_VALUE))
                .isSameAs(broken);
        assertIsEmpty();
    }

    @Test
    void missingContentIsSaidToBeMissing() {
        assertMissing(() -> store().open(KEY, 0));
        assertMissing(() -> store().open(KEY, 1));
        assertMissing(() -> store().size(KEY));
        assertMissing(() -> store().localFile(KEY, HELLO_SHA256));
        assertMissing(() -> store().localCopy(KEY));
        assertMissing(() -> store().publish(KEY));
    }

    private static void assertMissing(Runnable call) {
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(call::run)
                .withMessage("nothing is stored under 'default/files/file-1'")
                .satisfies(exception -> assertThat(exception.kind()).isEqualTo(StorageException.Reason.NOT_FOUND));
    }

    @Test
    void deletionTakesNoOtherWithTheSameBeginning() throws IOException {
        ArtifactKey longer = ArtifactKey.ofFile("default", "file-12");
        store().write(KEY, text("a"), 1);
        store().write(longer, text("b"), 1);

        store().delete(KEY);
        store().delete(KEY);

        assertMissing(() -> store().size(KEY));
        assertThat(read(longer, 0)).isEqualTo("b");
    }

    /** #17 */
    @Test
    void publishedFolderStaysPublishedWithoutAFileThatIsDeleted() throws IOException {
        ArtifactKey checkpoint = new ArtifactKey("default/ftjob-1/attempt-1/checkpoint-2");
        Path folder = store().localFolder(checkpoint);
        Files.writeString(folder.resolve("adapter.safetensors"), "adapter");
        Files.writeString(folder.resolve("optimizer.safetensors"), "optimizer");
        store().publish(checkpoint);

        store().deleteFrom(checkpoint, "optimizer.safetensors");
        store().deleteFrom(checkpoint, "optimizer.safetensors");
        store().deleteFrom(new ArtifactKey("default/ftjob-1/attempt-1/checkpoint-9"), "optimizer.safetensors");

        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> store().size(checkpoint.child("optimizer.safetensors")));
        try (LocalCopy copy = store().localCopy(checkpoint)) {
            assertThat(copy.path().resolve("adapter.safetensors")).hasContent("adapter");
        }
        List<ArtifactKey> left = new ArrayList<>();
        store().list(entry -> left.add(entry.key()));
        assertThat(left)
                .doesNotContain(checkpoint.child("optimizer.safetensors"))
                .contains(checkpoint.child("adapter.safetensors"));
    }

    @Test
    void publishedFolderIsReadFileByFileAndAsAWhole() throws IOException {
        ArtifactKey checkpoint = new ArtifactKey("default/ftjob-1/attempt-7/checkpoint-3");
        byte[] weights = random(9 * MEBIBYTE);
        publish(checkpoint, weights);

        store().publish(checkpoint);

        assertThat(store().size(checkpoint.child("adapter.safetensors"))).isEqualTo(weights.length);
        assertThat(read(checkpoint.child("state.json"), 0)).isEqualTo("{}");
        try (LocalCopy copy = store().localCopy(checkpoint)) {
            assertThat(copy.path().toFile().list()).containsExactlyInAnyOrder("adapter.safetensors", "state.json");
            assertThat(Sha256.of(copy.path().resolve("adapter.safetensors"))).isEqualTo(sha256(weights));
        }
        store().delete(new ArtifactKey("default/ftjob-1/attempt-7"));
        store().delete(new ArtifactKey("default/ftjob-1/attempt-7"));
        assertIsEmpty();
        assertThatExceptionOfType(StorageException.class).isThrownBy(() -> store().localCopy(checkpoint));
    }

    @Test
    void ofAFolderEverythingGoesThatIsMeantAndNotKept() {
        ArtifactKey job = new ArtifactKey("default/job");
        for (String name : new String[] {"a-1", "a-2", "a-22", "b-1"}) {
            publish(job.child(name), new byte[1]);
        }

        store().deleteWithin(job, "a-", List.of(job.child("a-2")));

        assertThat(keys())
                .contains("default/job/a-2/state.json", "default/job/b-1/state.json")
                .noneMatch(key -> key.startsWith("default/job/a-1") || key.startsWith("default/job/a-22"));
        store().deleteWithin(job, "", List.of());
        assertIsEmpty();
        store().deleteWithin(job, "", List.of());
    }

    @Test
    void listShowsWhatIsStoredAndWhen() throws IOException {
        Instant before = Instant.now().minus(Duration.ofMinutes(1));
        store().write(KEY, text("hello"), 5);
        publish(new ArtifactKey("default/ftjob-1/attempt-1/checkpoint-2"), new byte[2]);

        assertThat(keys())
                .contains(
                        "default/files/file-1",
                        "default/ftjob-1/attempt-1/checkpoint-2/adapter.safetensors",
                        "default/ftjob-1/attempt-1/checkpoint-2/state.json");
        store().list(entry ->
                assertThat(entry.writtenAt()).isBetween(before, Instant.now().plus(Duration.ofMinutes(1))));
        Map<String, Long> bytes = new HashMap<>();
        store().list(entry -> bytes.put(entry.key().value(), entry.bytes()));
        assertThat(bytes)
                .containsEntry("default/files/file-1", 5L)
                .containsEntry("default/ftjob-1/attempt-1/checkpoint-2/state.json", 2L);
    }

    @Test
    void whatIsCompleteIsNotAbandoned() throws IOException {
        ArtifactKey folder = new ArtifactKey("default/ftjob-1/attempt-1/checkpoint-2");
        store().write(KEY, text("hello"), 5);
        publish(folder, new byte[2]);

        store().deleteAbandoned(Instant.now().plus(Duration.ofDays(1)));

        assertThat(read(KEY, 0)).isEqualTo("hello");
        try (LocalCopy copy = store().localCopy(folder)) {
            assertThat(copy.path().resolve("state.json")).hasContent("{}");
        }
    }

    @Test
    void markerStaysWhatItWasFirstUnlessItIsReplaced() {
        StoreMarker marker = store().marker();
        assertThat(marker.read()).isEmpty();

        marker.create("first");
        marker.create("second");
        assertThat(marker.read()).contains("first");
        marker.replace("third");
        assertThat(store().marker().read()).contains("third");
    }

    /** How many create a marker at the same time. */
    protected int markersAtATime() {
        return 16;
    }

    @Test
    void ofManyThatMarkAtATimeOneIsFirst() {
        ExecutorService writers = Executors.newFixedThreadPool(markersAtATime());
        List<CompletableFuture<Optional<String>>> created = IntStream.range(0, 16)
                .mapToObj(i -> CompletableFuture.supplyAsync(
                        () -> {
                            store().marker().create("of " + i);
                            return store().marker().read();
                        },
                        writers))
                .toList();
        writers.shutdown();

        assertThat(created).allSatisfy(each -> assertThat(each).succeedsWithin(Duration.ofSeconds(30)));
        assertThat(created.stream().map(CompletableFuture::join).distinct())
                .hasSize(1)
                .allMatch(Optional::isPresent);
    }

    @Test
    void markerIsNoFileOfTheStore() {
        store().marker().create("whose");

        assertThat(keys()).isEmpty();
        store().deleteAbandoned(Instant.now().plus(Duration.ofDays(1)));
        assertThat(store().marker().read()).contains("whose");
        assertThat(ArtifactKey.stored(StoreMarker.NAME)).isEmpty();
    }

    @Test
    void somethingLargeWithTheMarkersNameIsNotReadToItsEnd() {
        store().marker().replace("x".repeat(20 * MEBIBYTE));

        assertThat(store().marker().read()).contains("x".repeat(StoreMarker.MAX_BYTES));
    }

    /** A folder as an engine process leaves it, published. */
    protected void publish(ArtifactKey key, byte[] weights) {
        Path folder = store().localFolder(key);
        try {
            Files.write(folder.resolve("adapter.safetensors"), weights);
            Files.writeString(folder.resolve("state.json"), "{}");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        store().publish(key);
    }

    protected List<String> keys() {
        List<String> keys = new ArrayList<>();
        store().list(entry -> keys.add(entry.key().value()));
        return keys;
    }

    protected String read(ArtifactKey key, long offset) throws IOException {
        try (InputStream content = store().open(key, offset)) {
            return new String(content.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    protected static InputStream text(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Always the same bytes of a length. */
    protected static byte[] random(int bytes) {
        byte[] content = new byte[bytes];
        new Random(bytes).nextBytes(content);
        return content;
    }

    protected static String sha256(byte[] content) {
        MessageDigest digest = Sha256.newDigest();
        return HexFormat.of().formatHex(digest.digest(content));
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
