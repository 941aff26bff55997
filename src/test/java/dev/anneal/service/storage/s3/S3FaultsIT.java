package dev.anneal.service.storage.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.anneal.service.platform.startup.StartRefusedException;
import dev.anneal.service.storage.ArtifactKey;
import dev.anneal.service.storage.ArtifactStore;
import dev.anneal.service.storage.LocalCopy;
import dev.anneal.service.storage.StorageException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.unit.DataSize;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

/** The store when its server, its network or another process is not as it should be. */
class S3FaultsIT {

    private static final ArtifactKey FILE = ArtifactKey.ofFile("default", "file-1");
    private static final ArtifactKey FOLDER = new ArtifactKey("default/ftjob-1/attempt-1/checkpoint-5");
    private static final int LARGE = 20 << 20;
    private static final String SECRET = "test-secret-key";

    @TempDir
    private Path machines;

    private FaultyProxy proxy;
    private String bucket;
    private ArtifactStore store;
    private S3Client client;

    @BeforeEach
    void openStore() throws IOException {
        proxy = new FaultyProxy(S3Server.endpoint());
        bucket = S3Server.newBucket();
        store = store("a", bucket, DataSize.ofMegabytes(40));
        client = BucketClient.of(S3Server.properties(S3Server.endpoint(), bucket), S3Server.CREDENTIALS);
    }

    private ArtifactStore store(String machine, String name, DataSize cache) {
        S3Properties properties =
                new S3Properties(name, proxy.endpoint(), null, null, "shared/prefix", null, true, null);
        return S3Configuration.store(
                properties,
                new CacheProperties(machines.resolve(machine).toString(), cache),
                S3Server.CREDENTIALS,
                Clock.systemUTC());
    }

    @AfterEach
    void close() {
        store.close();
        client.close();
        proxy.close();
    }

    @Test
    void aServerThatIsBusyOnceIsAskedAgain() throws IOException {
        proxy.refuseNext(asked -> asked.method().equals("PUT"), 503, "SlowDown");

        store.write(FILE, text("hello"), 5);

        assertThat(proxy.asked().stream()
                        .filter(asked -> asked.path().contains("file-1"))
                        .filter(asked -> asked.method().equals("PUT")))
                .hasSize(2);
        assertThat(store.size(FILE)).isEqualTo(5);
    }

    @Test
    void aServerThatIsAwayIsSaidToBe() {
        URI endpoint = proxy.endpoint();
        proxy.close();

        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> store.write(FILE, text("hello"), 5))
                .withMessageContaining("cannot store 'default/files/file-1' in bucket '" + bucket + "' at " + endpoint)
                .withMessageContaining("no answer")
                .satisfies(failure -> assertThat(failure.kind()).isEqualTo(StorageException.Kind.FAILED))
                .satisfies(failure -> assertThat(wholeText(failure)).doesNotContain(SECRET, "Signature="));
    }

    @Test
    void aRefusalNamesWhatIsToBeAllowed() {
        proxy.refuseNext(asked -> asked.method().equals("GET"), 403, "AccessDenied");

        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> store.open(FILE, 0))
                .withMessageContaining("access denied (AccessDenied)")
                .satisfies(failure -> assertThat(wholeText(failure)).doesNotContain(SECRET));
    }

    /** As servers answer that do not know If-None-Match on writes. */
    @Test
    void aServerWithoutConditionsTakesAMarkerAsWell() {
        proxy.refuseNext(asked -> asked.method().equals("PUT"), 501, "NotImplemented");

        store.marker().create("whose");

        assertThat(store.marker().read()).contains("whose");
        assertThat(store.marker().place())
                .isEqualTo("bucket '%s' at %s with the prefix 'shared/prefix/'", bucket, proxy.endpoint());
    }

    /** As a server answers that cannot decide yet which of two writers is first. */
    @Test
    void aMarkerIsWrittenAgainWhenAnotherWriterIsInTheWay() {
        proxy.refuseNext(asked -> asked.method().equals("PUT"), 409, "ConditionalRequestConflict");
        proxy.refuseNext(asked -> asked.method().equals("PUT"), 409, "ConditionalRequestConflict");

        store.marker().create("whose");

        assertThat(store.marker().read()).contains("whose");
    }

    @Test
    void aMarkerThatMayNotBeReadOrWrittenIsNoMissingOne() {
        proxy.refuseNext(asked -> asked.method().equals("GET"), 403, "AccessDenied");
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> store.marker().read())
                .withMessageContaining("cannot read '.installation.json' in bucket")
                .withMessageContaining("access denied (AccessDenied)");

        proxy.refuseNext(asked -> asked.method().equals("PUT"), 403, "AccessDenied");
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> store.marker().create("whose"))
                .withMessageContaining("cannot store '.installation.json' in bucket");
    }

    @Test
    void aQuotaThatIsUsedUpIsAFullStore() {
        proxy.refuseNext(asked -> asked.method().equals("PUT"), 403, "QuotaExceeded");

        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> store.write(FILE, text("hello"), 5))
                .satisfies(failure -> assertThat(failure.kind()).isEqualTo(StorageException.Kind.FULL));
    }

    @Test
    void withoutItsBucketTheStoreDoesNotBegin() {
        assertThatExceptionOfType(StartRefusedException.class)
                .isThrownBy(() -> store("b", "no-such-bucket-at-all", DataSize.ofMegabytes(1)))
                .withMessageContaining("there is no such bucket (anneal.storage.s3.bucket)");
        proxy.refuseNext(asked -> asked.method().equals("PUT"), 403, "AccessDenied");
        assertThatExceptionOfType(StartRefusedException.class)
                .isThrownBy(() -> store("b", bucket, DataSize.ofMegabytes(1)))
                .withMessageContaining("access denied (AccessDenied)");
    }

    @Test
    void aDownloadThatBreaksOffGoesOnWhereItWas() throws IOException {
        byte[] content = random(3_000_000);
        store.write(FILE, new ByteArrayInputStream(content), content.length);
        proxy.cutNext(asked -> asked.method().equals("GET"), 1_000_000);
        proxy.cutNext(asked -> asked.method().equals("GET"), 500_000);

        try (InputStream back = store.open(FILE, 0)) {
            assertThat(back.readAllBytes()).isEqualTo(content);
        }
    }

    @Test
    void aFolderIsThereOnlyWithItsLastObject() throws IOException {
        writeFolder(store, FOLDER, 10);
        for (int tries = 0; tries < 4; tries++) {
            proxy.refuseNext(
                    asked -> asked.method().equals("PUT") && asked.path().endsWith(FolderIndex.NAME),
                    500,
                    "InternalError");
        }

        assertThatExceptionOfType(StorageException.class).isThrownBy(() -> store.publish(FOLDER));

        try (ArtifactStore other = store("b", bucket, DataSize.ofMegabytes(40))) {
            assertThat(other.size(FOLDER.child("state.json"))).isEqualTo(2);
            assertThatExceptionOfType(StorageException.class)
                    .isThrownBy(() -> other.localCopy(FOLDER))
                    .satisfies(failure -> assertThat(failure.kind()).isEqualTo(StorageException.Kind.NOT_FOUND));
            store.publish(FOLDER);
            other.localCopy(FOLDER).close();
        }
        List<String> stored = proxy.asked().stream()
                .filter(asked -> asked.method().equals("PUT") && asked.path().contains("checkpoint-5/"))
                .map(asked -> asked.path().substring(asked.path().lastIndexOf('/') + 1))
                .toList();
        assertThat(stored.subList(stored.size() - 3, stored.size()))
                .containsExactly("adapter.safetensors", "state.json", FolderIndex.NAME);
    }

    @Test
    void aMachineDownloadsOnceForAllWhoAsk() throws IOException {
        publish(store, FOLDER, 10);

        try (ArtifactStore other = store("b", bucket, DataSize.ofMegabytes(40))) {
            List<CompletableFuture<LocalCopy>> copies = IntStream.range(0, 6)
                    .mapToObj(i -> CompletableFuture.supplyAsync(() -> other.localCopy(FOLDER)))
                    .toList();
            copies.forEach(copy -> copy.join().close());
        }

        assertThat(proxy.asked().stream()
                        .filter(asked -> asked.method().equals("GET"))
                        .filter(asked -> asked.path().endsWith("adapter.safetensors")))
                .hasSize(1);
    }

    /** Three parts in each direction, and as often while it is hashed. */
    @Test
    void aTransferSaysThatItGetsOn() throws IOException {
        AtomicInteger parts = new AtomicInteger();
        writeFolder(store, FOLDER, LARGE);

        store.publish(FOLDER, parts::incrementAndGet);
        assertThat(parts.getAndSet(0)).isGreaterThan(20);

        try (ArtifactStore other = store("b", bucket, DataSize.ofMegabytes(40))) {
            other.localCopy(FOLDER, parts::incrementAndGet).close();
            assertThat(parts).hasValueGreaterThan(20);
        }
    }

    @Test
    void aTransferThatIsNoLongerWantedLeavesNothing() throws IOException {
        writeFolder(store, FOLDER, LARGE);

        assertThatExceptionOfType(UnwantedException.class)
                .isThrownBy(() -> store.publish(FOLDER, unwantedAfter("PUT")));
        assertThat(client.listObjectsV2(request -> request.bucket(bucket)).contents())
                .isEmpty();
        assertThat(client.listMultipartUploads(request -> request.bucket(bucket))
                        .uploads())
                .isEmpty();
        store.publish(FOLDER);

        try (ArtifactStore other = store("b", bucket, DataSize.ofMegabytes(40))) {
            assertThatExceptionOfType(UnwantedException.class)
                    .isThrownBy(() -> other.localCopy(FOLDER, unwantedAfter("GET")));
            assertThat(machines.resolve("b").resolve("temporary")).isEmptyDirectory();
            other.localCopy(FOLDER).close();
        }
    }

    private static final class UnwantedException extends RuntimeException {}

    /** From the first answer on. */
    private Runnable unwantedAfter(String method) {
        long before = asked(method);
        return () -> {
            if (asked(method) > before) {
                throw new UnwantedException();
            }
        };
    }

    private long asked(String method) {
        return proxy.asked().stream()
                .filter(asked -> asked.method().equals(method) && asked.path().contains("adapter.safetensors"))
                .count();
    }

    @Test
    void whatWasChangedInTheBucketIsNotBrought() throws IOException {
        publish(store, FOLDER, 10);
        client.putObject(
                request -> request.bucket(bucket).key("shared/prefix/" + FOLDER + "/adapter.safetensors"),
                RequestBody.fromBytes(new byte[10]));

        try (ArtifactStore other = store("b", bucket, DataSize.ofMegabytes(40))) {
            for (int i = 0; i < 2; i++) {
                assertThatExceptionOfType(StorageException.class)
                        .isThrownBy(() -> other.localCopy(FOLDER))
                        .withMessageContaining("has the SHA-256");
            }
        }
    }

    @Test
    void theCacheForgetsWhatWasNotUsedForLongestButNothingInUse() throws Exception {
        ArtifactKey[] folders = IntStream.range(0, 4)
                .mapToObj(i -> new ArtifactKey("default/ftjob-1/attempt-1/checkpoint-" + i))
                .toArray(ArtifactKey[]::new);
        for (ArtifactKey folder : folders) {
            publish(store, folder, 9_000_000);
        }
        try (ArtifactStore other = store("b", bucket, DataSize.ofMegabytes(20));
                LocalCopy inUse = other.localCopy(folders[0])) {
            Path second = passing(other, folders[1]);
            Path third = passing(other, folders[2]);

            assertThat(inUse.path()).exists();
            assertThat(second).doesNotExist();
            assertThat(third).exists();
            try (LocalCopy also = other.localCopy(folders[2]);
                    LocalCopy beyond = other.localCopy(folders[3])) {
                assertThat(inUse.path()).exists();
                assertThat(also.path()).exists();
                assertThat(beyond.path().resolve("adapter.safetensors")).hasSize(9_000_000);
            }
        }
    }

    private static Path passing(ArtifactStore store, ArtifactKey folder) {
        try (LocalCopy copy = store.localCopy(folder)) {
            return copy.path();
        }
    }

    @Test
    void uploadsThatWereNotCompletedGoWithTheSweep() {
        beginUpload("default/files/file-0123456789abcdefghjkmnpqrs");

        store.deleteAbandoned(Instant.now().minus(Duration.ofDays(1)));
        assertThat(uploads()).isEqualTo(1);
        store.deleteAbandoned(Instant.now().plus(Duration.ofMinutes(5)));
        assertThat(uploads()).isZero();
    }

    @Test
    void uploadsOfOtherProgramsAreLeftAlone() {
        beginUpload("backup/of/something.bin");
        beginUpload("default/files/file-9");

        store.deleteAbandoned(Instant.now().plus(Duration.ofMinutes(5)));

        assertThat(uploads()).isEqualTo(2);
    }

    private void beginUpload(String name) {
        client.createMultipartUpload(request -> request.bucket(bucket).key("shared/prefix/" + name));
    }

    @Test
    void whatIsLeftOnThisMachineGoesThoughTheServerListsNoUploads() throws IOException {
        Path attempt = store.localFolder(FOLDER);
        proxy.refuseNext(asked -> asked.path().contains("uploads"), 403, "AccessDenied");

        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> store.deleteAbandoned(Instant.now().plus(Duration.ofMinutes(5))))
                .withMessageContaining("access denied");

        assertThat(attempt).doesNotExist();
    }

    @Test
    void processesThatSweepTogetherDeleteEveryAttemptThatWasAbandoned() throws IOException {
        for (int i = 0; i < 200; i++) {
            Path attempt = store.localFolder(new ArtifactKey("default/ftjob-" + i + "/attempt-1"));
            Files.createFile(
                    Files.createDirectories(attempt.resolve("checkpoint-5")).resolve("adapter.safetensors"));
        }
        List<CompletableFuture<Void>> sweeps = IntStream.range(0, 8)
                .mapToObj(i -> CompletableFuture.runAsync(
                        () -> store.deleteAbandoned(Instant.now().plus(Duration.ofMinutes(5)))))
                .toList();

        assertThat(sweeps).allSatisfy(sweep -> assertThat(sweep).succeedsWithin(Duration.ofSeconds(30)));
        assertThat(IntStream.range(0, 200).mapToObj(i -> machines.resolve("a/work/default/ftjob-" + i + "/attempt-1")))
                .allMatch(Files::notExists);
    }

    private int uploads() {
        return client.listMultipartUploads(request -> request.bucket(bucket))
                .uploads()
                .size();
    }

    @Test
    void aFolderOfMoreObjectsThanOneRequestTakesIsDeleted() throws IOException {
        Path folder = store.localFolder(FOLDER);
        for (int i = 0; i < 1_005; i++) {
            Files.createFile(folder.resolve("part-" + i));
        }
        store.publish(FOLDER);

        store.delete(FOLDER);

        assertThat(client.listObjectsV2(request -> request.bucket(bucket)).contents())
                .isEmpty();
    }

    @Test
    void anAddressReadsOneFileUnderItsNameAndTypeWithoutCredentials() throws Exception {
        store.write(FILE, text("hello"), 5);
        URI address = store.downloadAddress(FILE, "attachment; filename=\"rows.jsonl\"")
                .orElseThrow();

        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.ofString());

        assertThat(answer.body()).isEqualTo("hello");
        assertThat(answer.headers().firstValue("content-disposition")).hasValue("attachment; filename=\"rows.jsonl\"");
        assertThat(answer.headers().firstValue("content-type").orElse("")).startsWith("application/octet-stream");
        assertThat(address.getQuery()).contains("X-Amz-Expires=300").doesNotContain(SECRET);
    }

    @Test
    void anEndpointWithAPasswordIsRefused() {
        S3Properties properties = new S3Properties(
                "b", URI.create("http://user:password@127.0.0.1:1"), null, null, "", null, false, null);

        assertThatExceptionOfType(StartRefusedException.class)
                .isThrownBy(() -> BucketCheck.usable(properties, S3Server.CREDENTIALS))
                .satisfies(failure -> assertThat(wholeText(failure)).doesNotContain("password@"));
        assertThatCode(() -> store.check()).doesNotThrowAnyException();
    }

    private static String wholeText(Throwable failure) {
        java.io.StringWriter text = new java.io.StringWriter();
        failure.printStackTrace(new java.io.PrintWriter(text));
        return text.toString();
    }

    private static void publish(ArtifactStore store, ArtifactKey key, int bytes) throws IOException {
        writeFolder(store, key, bytes);
        store.publish(key);
    }

    private static void writeFolder(ArtifactStore store, ArtifactKey key, int bytes) throws IOException {
        Path folder = store.localFolder(key);
        Files.write(folder.resolve("adapter.safetensors"), random(bytes));
        Files.writeString(folder.resolve("state.json"), "{}");
    }

    private static byte[] random(int bytes) {
        byte[] content = new byte[bytes];
        new Random(bytes).nextBytes(content);
        return content;
    }

    private static InputStream text(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }
}
