package dev.anneal.service.storage.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.anneal.service.platform.startup.StartRefusedException;
import dev.anneal.service.storage.ArtifactKey;
import dev.anneal.service.storage.StorageException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

/** The store when its server, its network or another process is not as it should be. */
class S3FaultsIT extends FaultyS3Test {

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
                .satisfies(failure -> assertThat(failure.kind()).isEqualTo(StorageException.Reason.FAILED))
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
                .satisfies(failure -> assertThat(failure.kind()).isEqualTo(StorageException.Reason.FULL));
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
    void anEndpointWithAPasswordIsRefused() {
        S3Properties properties = new S3Properties(
                "b", URI.create("http://user:password@127.0.0.1:1"), null, null, "", null, false, null);

        assertThatExceptionOfType(StartRefusedException.class)
                .isThrownBy(() -> BucketCheck.usable(properties, S3Server.CREDENTIALS))
                .satisfies(failure -> assertThat(wholeText(failure)).doesNotContain("password@"));
        assertThatCode(() -> store.check()).doesNotThrowAnyException();
    }
}
