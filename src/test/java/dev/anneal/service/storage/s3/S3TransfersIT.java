package dev.anneal.service.storage.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;
import software.amazon.awssdk.core.sync.RequestBody;

/** Downloads and uploads of a store on S3. */
class S3TransfersIT extends FaultyS3Test {

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
                    .satisfies(failure -> assertThat(failure.kind()).isEqualTo(StorageException.Reason.NOT_FOUND));
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
            assertThat(machines.resolve("b/entries").toFile().list()).containsExactly(".lock");
            other.localCopy(FOLDER).close();
        }
    }

    /** As if somebody had cleared the cache's folder. */
    @Test
    void aCopyThatLacksAFileIsBroughtAgain() throws IOException {
        publish(store, FOLDER, 10);
        Files.delete(passing(store, FOLDER).resolve("adapter.safetensors"));

        try (LocalCopy copy = store.localCopy(FOLDER)) {
            assertThat(copy.path().resolve("adapter.safetensors")).hasBinaryContent(random(10));
            assertThat(copy.path().resolve("state.json")).hasContent("{}");
        }
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
}
