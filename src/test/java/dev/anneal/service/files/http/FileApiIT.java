package dev.anneal.service.files.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.openai.client.OpenAIClient;
import com.openai.core.http.HttpResponse;
import com.openai.errors.NotFoundException;
import com.openai.models.files.FileCreateParams;
import com.openai.models.files.FileListParams;
import com.openai.models.files.FileObject;
import com.openai.models.files.FilePurpose;
import dev.anneal.service.TestFolders;
import dev.anneal.service.access.web.ApiTestBase;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Files through OpenAI's own client in strict mode, and as raw JSON where the client would not notice. */
class FileApiIT extends ApiTestBase {

    private static final String ROWS = "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"},"
            + "{\"role\":\"assistant\",\"content\":\"Hello\"}]}\n";
    private static final String DATASET = ROWS.repeat(12);

    @TempDir
    private Path directory;

    private OpenAIClient client;

    @BeforeEach
    void openClient() {
        client = openAi();
    }

    @Test
    void newTenantHasAnEmptyListWithTextIds() throws Exception {
        assertThat(client.files().list().items()).isEmpty();
        assertThat(get("/v1/files").body())
                .isEqualTo("{\"object\":\"list\",\"data\":[],\"first_id\":\"\",\"last_id\":\"\",\"has_more\":false}");
    }

    @Test
    void uploadedDatasetIsValidatedAndReadBack() throws Exception {
        Path path = Files.writeString(directory.resolve("tickets \"öffentlich\".jsonl"), DATASET);

        FileObject created = client.files()
                .create(FileCreateParams.builder()
                        .file(path)
                        .purpose(FilePurpose.FINE_TUNE)
                        .build());

        assertThat(created.id()).matches("file-[0-9a-z]{26}");
        assertThat(created.bytes()).isEqualTo(DATASET.length());
        assertThat(created.filename()).isEqualTo("tickets \"öffentlich\".jsonl");
        awaitStatus(created.id(), "processed");
        JsonNode file = get("/v1/files/" + created.id()).json();
        assertThat(file.at("/anneal/validation_report/accepted").asInt()).isEqualTo(12);
        assertThat(file.at("/created_at").isIntegralNumber()).isTrue();
        assertThat(file.at("/expires_at").isNull()).isTrue();
        try (HttpResponse content = client.files().content(created.id())) {
            assertThat(content.body()).hasContent(DATASET);
        }
    }

    @Test
    void streamWithoutAFilenameIsTaken() {
        FileObject created = client.files()
                .create(FileCreateParams.builder()
                        .file(new ByteArrayInputStream(DATASET.getBytes(StandardCharsets.UTF_8)))
                        .purpose(FilePurpose.FINE_TUNE)
                        .expiresAfter(FileCreateParams.ExpiresAfter.builder()
                                .seconds(3600)
                                .build())
                        .build());

        assertThat(created.filename()).isNotEmpty();
        assertThat(created.expiresAt()).contains(created.createdAt() + 3600);
    }

    @Test
    void unusableDatasetEndsInErrorWithLineAndReason() throws Exception {
        String id = upload(DATASET + "{\"messages\":[{\"role\":\"robot\",\"content\":\"x\"}]}\n");

        awaitStatus(id, "error");

        JsonNode file = get("/v1/files/" + id).json();
        assertThat(file.at("/status_details").asString()).contains("line 13", "robot");
        JsonNode problem = file.at("/anneal/validation_report/first_problems/0");
        assertThat(problem.at("/line").asInt()).isEqualTo(13);
        assertThat(problem.at("/reason").asString()).isEqualTo("unknown_role");
        assertThat(client.files().retrieve(id).validate().id()).isEqualTo(id);
    }

    @Test
    void fileOfAnotherPurposeIsProcessedAtOnce() throws Exception {
        FileObject created = client.files()
                .create(FileCreateParams.builder()
                        .file("anything".getBytes(StandardCharsets.UTF_8))
                        .purpose(FilePurpose.USER_DATA)
                        .build());

        assertThat(get("/v1/files/" + created.id()).json().at("/status").asString())
                .isEqualTo("processed");
    }

    @Test
    void pagesVisitEveryFileOnceInBothDirections() {
        List<String> ids = IntStream.range(0, 5).mapToObj(i -> upload("x" + i)).toList();

        List<String> ascending = client
                .files()
                .list(FileListParams.builder()
                        .limit(2)
                        .order(FileListParams.Order.ASC)
                        .build())
                .autoPager()
                .stream()
                .map(FileObject::id)
                .toList();
        List<String> descending = client
                .files()
                .list(FileListParams.builder().limit(2).build())
                .autoPager()
                .stream()
                .map(FileObject::id)
                .toList();

        assertThat(ascending).isEqualTo(ids);
        assertThat(descending).containsExactly(ids.get(4), ids.get(3), ids.get(2), ids.get(1), ids.get(0));
    }

    @Test
    void pageBehindTheLastFileIsEmptyAndBehindADeletedOneGoesOn() throws Exception {
        List<String> ids = IntStream.range(0, 3).mapToObj(i -> upload("x" + i)).toList();
        client.files().delete(ids.get(1));

        assertThat(get("/v1/files?after=" + ids.get(0)).json().at("/data")).isEmpty();
        assertThat(get("/v1/files?after=" + ids.get(1)).json().at("/data/0/id").asString())
                .isEqualTo(ids.get(0));
        assertThat(get("/v1/files?order=asc&limit=1").json().at("/has_more").asBoolean())
                .isTrue();
    }

    @Test
    void cursorThatNeverWasAFileIsRefused() throws Exception {
        for (String after : List.of("file-00000000000000000000000000", "nonsense", "ftjob-1")) {
            Answer answer = get("/v1/files?after=" + after);

            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.errorCode()).isEqualTo("invalid_cursor");
        }
    }

    @Test
    void deletedFileIsGone() throws Exception {
        String id = upload(DATASET);

        assertThat(client.files().delete(id).deleted()).isTrue();

        assertThatExceptionOfType(NotFoundException.class)
                .isThrownBy(() -> client.files().retrieve(id))
                .satisfies(exception -> assertThat(exception.code()).contains("not_found"));
        assertThat(get("/v1/files/" + id + "/content").status()).isEqualTo(404);
        assertThat(delete("/v1/files/" + id).status()).isEqualTo(404);
        assertThat(client.files().list().items()).isEmpty();
        try (var stored = Files.list(TestFolders.of("home/artifacts/default/files"))) {
            assertThat(stored.map(path -> path.getFileName().toString())).doesNotContain(id);
        }
    }

    @Test
    void contentIsReadInPartsWhateverTheClientAccepts() throws Exception {
        String id = upload("0123456789");

        Answer part = content(id, "bytes=2-4");
        Answer end = content(id, "bytes=-3");
        Answer beyond = content(id, "bytes=10-");

        assertThat(part.status()).isEqualTo(206);
        assertThat(part.body()).isEqualTo("234");
        assertThat(part.header("content-range")).isEqualTo("bytes 2-4/10");
        assertThat(end.body()).isEqualTo("789");
        assertThat(beyond.status()).isEqualTo(416);
        assertThat(beyond.errorCode()).isEqualTo("range_not_satisfiable");
        assertThat(content(id, "bytes=0-").body()).isEqualTo("0123456789");
    }

    @Test
    void listByPurposeHoldsThatPurposeAlone() throws Exception {
        String id = upload("x");

        assertThat(get("/v1/files?purpose=fine-tune").json().at("/data/0/id").asString())
                .isEqualTo(id);
        assertThat(get("/v1/files?purpose=batch").json().at("/data")).isEmpty();
        assertThat(get("/v1/files?purpose=nonsense").status()).isEqualTo(400);
    }

    @Test
    void createdAtIsNow() {
        long before = Instant.now().getEpochSecond();

        long createdAt = client.files().retrieve(upload("x")).createdAt();

        assertThat(createdAt).isBetween(before, before + 60);
    }

    private Answer content(String id, String range) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(uri("/v1/files/" + id + "/content"))
                .header("accept", "application/binary")
                .header("range", range));
    }

    private String upload(String content) {
        return client.files()
                .create(FileCreateParams.builder()
                        .file(content.getBytes(StandardCharsets.UTF_8))
                        .purpose(FilePurpose.FINE_TUNE)
                        .build())
                .id();
    }

    private void awaitStatus(String id, String status) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(20))
                .until(() ->
                        get("/v1/files/" + id).json().at("/status").asString().equals(status));
    }
}
