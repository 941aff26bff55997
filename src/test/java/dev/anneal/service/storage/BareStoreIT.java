package dev.anneal.service.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.anneal.service.ServiceTest;
import dev.anneal.service.files.FilePurpose;
import dev.anneal.service.platform.database.TestDatabase;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.core.env.Environment;
import org.springframework.test.context.TestPropertySource;

/**
 * A store whose disk is unmounted under a running service: nothing is written into the bare mount point, and nothing in
 * the store counts as lost (#17).
 */
@TestPropertySource(properties = "anneal.storage.directory=target/test-${anneal.test.fork:1}/bare/store")
class BareStoreIT extends ServiceTest {

    private static final ArtifactKey KEY =
            new ArtifactKey("alpha").child("ftjob-1").child("checkpoint-1");

    @Autowired
    private ArtifactStore store;

    @Autowired
    private Environment environment;

    private Path root;
    private Path away;
    private String file;

    @BeforeEach
    void unmount() throws IOException {
        root = Path.of(environment.getRequiredProperty("anneal.storage.directory"));
        file = file(ALPHA, FilePurpose.FINE_TUNE, rows("tickets.train.jsonl", 3));
        Files.writeString(store.localFolder(KEY).resolve("adapter"), "weights");
        away = root.resolveSibling("away");
        Files.move(root, away);
        Files.createDirectory(root);
    }

    @AfterEach
    void mount() throws IOException {
        if (Files.exists(away)) {
            Files.deleteIfExists(root);
            Files.move(away, root);
        }
    }

    @Test
    void nothingIsTakenInOrCountsAsMissing() throws IOException {
        assertAbsent(() -> store.write(KEY, new ByteArrayInputStream(new byte[1]), 1));
        assertAbsent(() -> store.localFolder(KEY));
        assertAbsent(() -> store.publish(KEY));
        assertAbsent(() -> store.delete(KEY));
        assertAbsent(() -> store.localCopy(KEY));
        assertAbsent(() -> store.open(ArtifactKey.ofFile(ALPHA, file), 0));
        assertAbsent(() -> store.list(entry -> {}));
        assertAbsent(store::check);
        assertThat(content()).isZero();
    }

    @Test
    void folderOfTheStoreIsNotMadeAnew() throws IOException {
        Files.delete(root);

        assertAbsent(() -> store.localFolder(KEY));
        assertAbsent(() -> store.write(KEY, new ByteArrayInputStream(new byte[1]), 1));
        assertThat(root).doesNotExist();
    }

    @Test
    void anotherStoreInItsPlaceIsLeftAlone() throws IOException {
        Path marker = Files.writeString(root.resolve(StoreMarker.NAME), "another one's");

        assertAbsent(() -> store.localFolder(KEY));
        assertThat(content()).isEqualTo(1);
        Files.delete(marker);
    }

    /** As after the marker was lost and one of the installation's processes has written it again. */
    @Test
    void storeWhoseMarkerWasWrittenAnewForTheSameInstallationIsStillTheSame() throws IOException {
        mount();
        Path marker = root.resolve(StoreMarker.NAME);
        String before = Files.readString(marker);
        try {
            Files.writeString(marker, "{\"installation\": \"" + TestDatabase.INSTALLATION + "\"}");
            store.check();

            Files.writeString(marker, "{\"installation\": \"" + UUID.randomUUID() + "\"}");
            assertAbsent(store::check);
        } finally {
            Files.writeString(marker, before);
        }
    }

    @Test
    void requestsAreToldToComeAgainAndSucceedThen() throws IOException {
        assertThat(upload().statusCode()).isEqualTo(503);
        assertThat(get(ALPHA, "/v1/files/" + file + "/content"))
                .returns(503, HttpResponse::statusCode)
                .extracting(answer -> json(answer).at("/error/code").asString())
                .isEqualTo("service_unavailable");
        assertThat(content()).isZero();

        mount();

        assertThat(upload().statusCode()).isEqualTo(200);
        assertThat(get(ALPHA, "/v1/files/" + file + "/content").statusCode()).isEqualTo(200);
        store.publish(KEY);
    }

    private HttpResponse<String> upload() throws IOException {
        String body = "--part\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nfine-tune\r\n"
                + "--part\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.jsonl\"\r\n\r\n"
                + rows("tickets.train.jsonl", 3) + "\r\n--part--\r\n";
        return send(request(ALPHA, "/v1/files")
                .header("Content-Type", "multipart/form-data; boundary=part")
                .POST(HttpRequest.BodyPublishers.ofString(body, UTF_8)));
    }

    private long content() throws IOException {
        try (Stream<Path> all = Files.list(root)) {
            return all.count();
        }
    }

    private static void assertAbsent(ThrowingCallable call) {
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(call)
                .satisfies(failure -> assertThat(failure.kind()).isEqualTo(StorageException.Reason.ABSENT));
    }
}
