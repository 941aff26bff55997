package dev.anneal.service.files.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.openai.client.OpenAIClient;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.errors.OpenAIServiceException;
import com.openai.models.files.FilePurpose;
import com.openai.models.uploads.Upload;
import com.openai.models.uploads.UploadCompleteParams;
import com.openai.models.uploads.UploadCreateParams;
import com.openai.models.uploads.parts.PartCreateParams;
import dev.anneal.penetration.Penetration;
import dev.anneal.service.ServiceTest;
import dev.anneal.service.TestFolders;
import dev.anneal.service.platform.database.TestDatabase;
import java.io.ByteArrayInputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.TestPropertySource;

/** Files in parts through OpenAI's own client in strict mode, and as raw JSON where the client would not notice. */
@TestPropertySource(
        properties = {"anneal.home=target/test-${anneal.test.fork:1}/home-uploads", "anneal.files.max-size=1MB"})
class UploadApiIT extends ServiceTest {

    private static final String ROWS =
            "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"},{\"role\":\"assistant\",\"content\":\"Hello\"}]}\n"
                    .repeat(12);
    private static final byte[] CONTENT = ROWS.getBytes(StandardCharsets.UTF_8);

    private OpenAIClient client;

    @BeforeEach
    void openClient() {
        client = openai(ALPHA);
    }

    @Test
    void partsBecomeACheckedFileInTheOrderOfTheCompletion() throws Exception {
        String id = create(CONTENT.length);
        String end = add(id, 500, CONTENT.length);
        String start = add(id, 0, 500);
        String forgotten = add(id, 0, 500);

        Upload completed = complete(id, md5(CONTENT), start, end);

        assertThat(completed.status()).isEqualTo(Upload.Status.COMPLETED);
        String file = completed.file().orElseThrow().id();
        await(() ->
                json(get(ALPHA, "/v1/files/" + file)).path("status").asString().equals("processed"));
        assertThat(get(ALPHA, "/v1/files/" + file + "/content").body()).isEqualTo(ROWS);
        assertThat(client.files().retrieve(file).filename()).isEqualTo("rows.jsonl");
        assertNothingIsKept(ALPHA, id);
        assertThat(forgotten).isNotEqualTo(start);
    }

    @Test
    void repeatedCompletionAnswersTheSameFile() throws Exception {
        String id = create(CONTENT.length);
        String only = add(id, 0, CONTENT.length);

        Upload first = complete(id, null, only);
        Upload second = complete(id, null, only);

        assertThat(second.file().orElseThrow().id())
                .isEqualTo(first.file().orElseThrow().id());
        assertThat(client.files().list().items()).hasSize(1);
        assertRefused(
                post(ALPHA, "/v1/uploads/" + id + "/complete", "{'part_ids': ['part_other']}"),
                409,
                "upload_not_pending");
        client.files().delete(first.file().orElseThrow().id());
        assertThat(json(get(ALPHA, "/v1/uploads/" + id)).path("file").isNull()).isTrue();
    }

    @Test
    void wrongPartsMakeNoFile() throws Exception {
        String id = create(CONTENT.length);
        String start = add(id, 0, 500);
        String end = add(id, 500, CONTENT.length);
        String path = "/v1/uploads/" + id + "/complete";
        String both = "'" + start + "', '" + end + "'";

        assertRefused(post(ALPHA, path, "{'part_ids': ['" + start + "']}"), 400, "upload_incomplete");
        assertRefused(post(ALPHA, path, "{'part_ids': ['" + start + "', '" + start + "']}"), 400, "invalid_value");
        assertRefused(post(ALPHA, path, "{'part_ids': [" + both + ", 'part_none']}"), 400, "invalid_value");
        assertRefused(post(ALPHA, path, "{'part_ids': []}"), 400, "invalid_value");
        assertRefused(post(ALPHA, path, "{'part_ids': [" + both + "], 'md5': 'abc'}"), 400, "invalid_value");
        assertThatExceptionOfType(BadRequestException.class)
                .isThrownBy(() -> complete(id, md5(CONTENT), end, start))
                .withMessageContaining("md5");
        assertThat(client.files().list().items()).isEmpty();

        assertThat(complete(id, md5(CONTENT), start, end).file()).isPresent();
    }

    @Penetration
    @Test
    void uploadOfMoreThanAFileMayHaveIsRefusedWithTheSetting() {
        HttpResponse<String> refused = post(ALPHA, "/v1/uploads", request(8L << 30));

        assertRefused(refused, 413, "request_too_large");
        assertThat(refused.body()).contains("anneal.files.max-size", "1048576");
        for (String wrong : List.of("0", "-5", "'many'")) {
            assertRefused(post(ALPHA, "/v1/uploads", request(1).replace(": 1,", ": " + wrong + ",")), 400, "invalid_");
        }
        assertRefused(
                post(ALPHA, "/v1/uploads", request(9).replace("fine-tune", "fine-tune-results")), 400, "invalid_value");
        assertRefused(post(ALPHA, "/v1/uploads", request(9).replace("}", ", 'parts': 3}")), 400, "unknown_parameter");
    }

    @Penetration
    @Test
    void partBeyondWhatWasAnnouncedIsRefusedAndNothingOfItIsKept() throws Exception {
        String id = create(100);

        assertThatExceptionOfType(OpenAIServiceException.class)
                .isThrownBy(() -> add(id, 0, 101))
                .satisfies(refusal -> assertThat(refusal.statusCode()).isEqualTo(413))
                .withMessageContaining("100");
        add(id, 0, 100);
        add(id, 0, 100);
        assertThatExceptionOfType(OpenAIServiceException.class)
                .as("a part may be sent again, but not without end")
                .isThrownBy(() -> add(id, 0, 1))
                .withMessageContaining("200");
        try (var parts = Files.list(folder(ALPHA, id))) {
            assertThat(parts).hasSize(2);
        }
    }

    @Test
    void cancelledUploadTakesNothingMore() {
        String id = create(CONTENT.length);
        String part = add(id, 0, 500);

        assertThat(client.uploads().cancel(id).status()).isEqualTo(Upload.Status.CANCELLED);
        assertThat(client.uploads().cancel(id).status()).isEqualTo(Upload.Status.CANCELLED);

        assertNothingIsKept(ALPHA, id);
        assertThatExceptionOfType(OpenAIServiceException.class)
                .isThrownBy(() -> add(id, 500, 600))
                .satisfies(refusal -> assertThat(refusal.statusCode()).isEqualTo(409));
        assertRefused(
                post(ALPHA, "/v1/uploads/" + id + "/complete", "{'part_ids': ['" + part + "']}"),
                409,
                "upload_not_pending");
    }

    @Penetration
    @Test
    void uploadIsTheTenantsOwn() {
        String id = create(CONTENT.length);
        String part = add(id, 0, CONTENT.length);

        assertThatExceptionOfType(NotFoundException.class)
                .isThrownBy(() -> openai(BETA).uploads().cancel(id));
        assertThatExceptionOfType(NotFoundException.class)
                .isThrownBy(() -> openai(BETA).uploads().parts().create(part(id, 0, 10)));
        assertRefused(
                post(BETA, "/v1/uploads/" + id + "/complete", "{'part_ids': ['" + part + "']}"), 404, "not_found");
        assertRefused(get(BETA, "/v1/uploads/" + id), 404, "not_found");
        assertThat(json(get(ALPHA, "/v1/uploads/" + id)).path("status").asString())
                .isEqualTo("pending");
    }

    private String create(long bytes) {
        return client.uploads()
                .create(UploadCreateParams.builder()
                        .bytes(bytes)
                        .filename("folder/rows.jsonl")
                        .mimeType("text/jsonl")
                        .purpose(FilePurpose.FINE_TUNE)
                        .build())
                .id();
    }

    private static String request(long bytes) {
        return "{'bytes': " + bytes + ", 'filename': 'a', 'mime_type': 'text/jsonl', 'purpose': 'fine-tune'}";
    }

    private String add(String id, int from, int to) {
        return client.uploads().parts().create(part(id, from, to)).id();
    }

    private static PartCreateParams part(String id, int from, int to) {
        return PartCreateParams.builder()
                .uploadId(id)
                .data(new ByteArrayInputStream(Arrays.copyOfRange(CONTENT, from, to)))
                .build();
    }

    private Upload complete(String id, @Nullable String md5, String... parts) {
        UploadCompleteParams.Builder request =
                UploadCompleteParams.builder().uploadId(id).partIds(List.of(parts));
        return client.uploads().complete((md5 == null ? request : request.md5(md5)).build());
    }

    private static void assertRefused(HttpResponse<String> answer, int status, String code) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(json(answer).at("/error/code").asString()).startsWith(code);
    }

    private static void assertNothingIsKept(String tenant, String id) {
        assertThat(folder(tenant, id)).doesNotExist();
        assertThat(TestDatabase.administrator()
                        .sql("SELECT count(*) FROM upload_part")
                        .query(Long.class)
                        .single())
                .isZero();
    }

    private static Path folder(String tenant, String id) {
        return TestFolders.of("home-uploads/artifacts", tenant, "uploads", id);
    }

    private static String md5(byte[] content) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(content));
    }
}
