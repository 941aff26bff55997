package dev.anneal.service.files.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.openai.models.files.FileCreateParams;
import com.openai.models.files.FilePurpose;
import dev.anneal.service.access.web.ApiTestBase;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Rows over HTTP as a model reads them. */
class FileRowsIT extends ApiTestBase {

    private static final String ROW =
            "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"},{\"role\":\"assistant\",\"content\":\"Hello\"}]}\n";

    @Test
    void rowsArePagedByTheirLines() throws Exception {
        String id = upload(ROW.repeat(3) + "[]\n", FilePurpose.FINE_TUNE);

        JsonNode first =
                get("/v1/files/" + id + "/rows?model=anneal-tiny&limit=2").json();
        JsonNode rest = get("/v1/files/" + id + "/rows?model=anneal-tiny&after="
                        + first.get("last_id").asString())
                .json();

        assertThat(first.get("has_more").asBoolean()).isTrue();
        assertThat(first.get("data")).hasSize(2);
        assertThat(first.at("/data/0/texts/0/spans/1").toString())
                .isEqualTo("{\"text\":\"Hello<|im_end|>\",\"trained\":true}");
        assertThat(rest.get("has_more").asBoolean()).isFalse();
        assertThat(rest.at("/data/0/line").asInt()).isEqualTo(3);
        assertThat(rest.at("/data/1/texts")).isEmpty();
        assertThat(rest.at("/data/1/problem/reason").asString()).isEqualTo("invalid_json");
    }

    @ParameterizedTest
    @CsvSource({
        "limit=21,              400, invalid_value,       limit",
        "after=-1,              400, invalid_value,       after",
        "model=no-such-model,   400, model_not_available, model",
    })
    void requestsAreRefusedByName(String parameter, int status, String code, String param) throws Exception {
        String id = upload(ROW, FilePurpose.FINE_TUNE);
        String model = parameter.startsWith("model") ? "" : "model=anneal-tiny&";

        Answer refused = get("/v1/files/" + id + "/rows?" + model + parameter);

        assertThat(refused.status()).isEqualTo(status);
        assertThat(refused.errorCode()).isEqualTo(code);
        assertThat(refused.json().at("/error/param").asString()).isEqualTo(param);
    }

    @Test
    void onlyFilesOfRowsHaveThem() throws Exception {
        String id = upload("no rows", FilePurpose.USER_DATA);

        Answer refused = get("/v1/files/" + id + "/rows?model=anneal-tiny");

        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.json().at("/error/message").asString()).contains("has the purpose 'user_data'");
        assertThat(get("/v1/files/file-none/rows?model=anneal-tiny").status()).isEqualTo(404);
        assertThat(get("/v1/files/" + id + "/rows").status()).isEqualTo(400);
    }

    private String upload(String content, FilePurpose purpose) {
        return openAi().files()
                .create(FileCreateParams.builder()
                        .file(new ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8)))
                        .purpose(purpose)
                        .build())
                .id();
    }
}
