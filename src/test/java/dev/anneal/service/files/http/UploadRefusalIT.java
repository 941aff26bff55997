package dev.anneal.service.files.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.penetration.Penetration;
import dev.anneal.service.TestFolders;
import dev.anneal.service.access.web.ApiTestBase;
import dev.anneal.service.platform.database.TestDatabase;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.test.context.TestPropertySource;
import org.springframework.util.FileSystemUtils;

/** Uploads that are no uploads: the answer names the field, and nothing is kept. */
@TestPropertySource(
        properties = {"anneal.files.max-size=64KB", "anneal.home=target/test-${anneal.test.fork:1}/home-refusals"})
@Penetration
class UploadRefusalIT extends ApiTestBase {

    private static final Path STORED = TestFolders.of("home-refusals/artifacts/default/files");
    private static final String BOUNDARY = "------------------------d74496d66958873e";
    private static final String CONTENT = "file;filename=a.jsonl=content";

    @BeforeEach
    void clearStore() throws Exception {
        FileSystemUtils.deleteRecursively(STORED);
    }

    @AfterEach
    void nothingIsKept() throws Exception {
        assertThat(get("/v1/files").json().at("/data")).isEmpty();
        if (Files.exists(STORED)) {
            assertThat(STORED).isEmptyDirectory();
        }
        assertThat(TestDatabase.administrator()
                        .sql("SELECT count(*) FROM file WHERE content <> 'GONE'")
                        .query(Long.class)
                        .single())
                .isZero();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            purpose=fine-tune                                                                 | missing_parameter | file
            file;filename=a.jsonl=content                                                     | missing_parameter | purpose
            purpose=,file=content                                                             | missing_parameter | purpose
            purpose=pretrain,file;filename=a.jsonl=content                                    | invalid_value     | purpose
            file;filename=a.jsonl=content,purpose=fine-tune-results                           | invalid_value     | purpose
            file;filename=a.jsonl=content,purpose=batch,purpose=batch                         | invalid_value     | purpose
            file;filename=a.jsonl=content,file;filename=b.jsonl=content,purpose=batch         | invalid_value     | file
            file;filename=a.jsonl=content,purpose=batch,colour=red                            | unknown_parameter | colour
            file;filename=a.jsonl=content,purpose=batch,expires_after[seconds]=3600           | invalid_value     | expires_after[anchor]
            file;filename=a.jsonl=content,purpose=batch,expires_after[anchor]=created_at      | invalid_value     | expires_after[seconds]
            purpose=batch,expires_after[anchor]=now,expires_after[seconds]=3600,file=content  | invalid_value     | expires_after[anchor]
            purpose=batch,expires_after[anchor]=created_at,expires_after[seconds]=3599,file=x | invalid_value     | expires_after[seconds]
            purpose=batch,expires_after[anchor]=created_at,expires_after[seconds]=1e5,file=x  | invalid_value     | expires_after[seconds]
            """)
    void fieldAtFaultIsNamed(String parts, String code, String parameter) throws Exception {
        Answer answer = upload(body(parts), "multipart/form-data; boundary=" + BOUNDARY, false);

        assertThat(answer.status()).as(answer.body()).isEqualTo(400);
        assertThat(answer.errorCode()).isEqualTo(code);
        assertThat(answer.json().at("/error/param").asString()).isEqualTo(parameter);
    }

    @Test
    void fileBeyondTheLimitIsRefusedWithAndWithoutAnnouncedLength() throws Exception {
        String parts = "purpose=batch,file;filename=a.jsonl=" + "x".repeat((64 << 10) + 1);

        for (boolean chunked : List.of(true, false)) {
            Answer answer = upload(body(parts), "multipart/form-data; boundary=" + BOUNDARY, chunked);

            assertThat(answer.status()).isEqualTo(413);
            assertThat(answer.errorCode()).isEqualTo("request_too_large");
            assertThat(answer.body()).contains("65536");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            file;filename=a.jsonl=content,purpose=finetune  | Did you mean 'fine-tune'?
            file;filename=a.jsonl=content,purpose=fine_tune | Did you mean 'fine-tune'?
            data;filename=a.jsonl=content,purpose=fine-tune | known here are file, purpose
            """)
    void aMisspeltFieldIsGuessed(String parts, String hint) throws Exception {
        assertThat(upload(body(parts), "multipart/form-data; boundary=" + BOUNDARY, false)
                        .body())
                .contains(hint);
        assertThat(get("/v1/files?purpose=finetune").body()).contains("Did you mean 'fine-tune'?");
    }

    @Test
    void longFieldIsRefused() throws Exception {
        Answer answer = upload(body("purpose=" + "x".repeat(1025)), "multipart/form-data; boundary=" + BOUNDARY, false);

        assertThat(answer.errorCode()).isEqualTo("invalid_value");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            application/json                         | 415 | unsupported_media_type
            text/plain                               | 415 | unsupported_media_type
            multipart/form-data                      | 400 | invalid_multipart
            multipart/form-data; boundary=another-one | 400 | missing_parameter
            """)
    void bodyOfAnotherTypeIsRefused(String contentType, int status, String code) throws Exception {
        Answer answer = upload(body(CONTENT), contentType, false);

        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.errorCode()).isEqualTo(code);
    }

    @Test
    void uploadThatBreaksOffIsRefused() throws Exception {
        String whole = body("purpose=batch," + CONTENT);

        Answer answer = upload(
                whole.substring(0, whole.length() - BOUNDARY.length() - 4),
                "multipart/form-data; boundary=" + BOUNDARY,
                false);

        assertThat(answer.status()).as(answer.body()).isEqualTo(400);
        assertThat(answer.errorCode()).isEqualTo("invalid_multipart");
    }

    private Answer upload(String body, String contentType, boolean chunked) throws Exception {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        return send(HttpRequest.newBuilder(uri("/v1/files"))
                .header("content-type", contentType)
                .POST(
                        chunked
                                ? HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(bytes))
                                : HttpRequest.BodyPublishers.ofByteArray(bytes)));
    }

    /** @param parts {@code name=value} or {@code name;filename=name=value}, separated by commas */
    private static String body(String parts) {
        StringBuilder body = new StringBuilder();
        for (String part : parts.split(",", -1)) {
            String[] named = part.split(";filename=", 2);
            String filename = named.length == 2 ? named[1].substring(0, named[1].indexOf('=')) : null;
            String name = filename == null ? part.substring(0, part.indexOf('=')) : named[0];
            String value = part.substring(
                    name.length() + 1 + (filename == null ? 0 : ";filename=".length() + filename.length()));
            append(body, name, filename, value);
        }
        return body + "--" + BOUNDARY + "--\r\n";
    }

    private static void append(StringBuilder body, String name, @Nullable String filename, String value) {
        body.append("--").append(BOUNDARY).append("\r\nContent-Disposition: form-data; name=\"");
        body.append(name).append('"');
        if (filename != null) {
            body.append("; filename=\"").append(filename).append('"');
        }
        body.append("\r\n\r\n").append(value).append("\r\n");
    }
}
