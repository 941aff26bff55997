package dev.anneal.service.access.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.openai.client.OpenAIClient;
import com.openai.errors.NotFoundException;
import com.openai.errors.UnauthorizedException;
import com.openai.models.files.FileCreateParams;
import com.openai.models.files.FilePurpose;
import dev.anneal.penetration.Penetration;
import dev.anneal.service.access.web.ApiTestBase;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.test.context.TestPropertySource;

/** With keys, everything belongs to the tenant whose key a request carries, and nothing is served without one. */
@TestPropertySource(properties = "anneal.api-keys=one:" + ApiKeyIT.KEY_OF_ONE + ",two:" + ApiKeyIT.KEY_OF_TWO)
@Penetration
class ApiKeyIT extends ApiTestBase {

    static final String KEY_OF_ONE = "sk-0123456789abcdef-one";
    static final String KEY_OF_TWO = "sk-0123456789abcdef-two";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Bearer",
                "Bearer ",
                "Bearer sk-0123456789abcdef-on",
                "Bearer " + KEY_OF_ONE + "x",
                "Basic " + KEY_OF_ONE,
                KEY_OF_ONE
            })
    void requestWithoutAKnownKeyIsRefused(String authorization) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri("/v1/files"));
        Answer answer = send(authorization.isEmpty() ? request : request.header("authorization", authorization));

        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.errorCode()).isEqualTo("invalid_api_key");
        assertThat(answer.header("www-authenticate")).isEqualTo("Bearer");
        assertThat(answer.header("x-request-id")).isNotNull();
        assertThat(answer.header("openai-organization")).isNull();
    }

    @Test
    void clientRaisesItsOwnExceptionForAWrongKey() {
        assertThatExceptionOfType(UnauthorizedException.class)
                .isThrownBy(() -> openAi("sk-wrong").files().list());
    }

    @Test
    void processHealthNeedsNoKey() throws Exception {
        assertThat(get("/livez").status()).isEqualTo(200);
        assertThat(get("/readyz").status()).isEqualTo(200);
        assertThat(get("/actuator/prometheus").status()).isEqualTo(401);
        assertThat(get("/v1/nothing").status()).isEqualTo(401);
    }

    @Test
    void tenantIsNamedAsTheOrganization() throws Exception {
        Answer answer = send(HttpRequest.newBuilder(uri("/v1/files")).header("authorization", "bearer " + KEY_OF_TWO));

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("openai-organization")).isEqualTo("two");
    }

    @Test
    void fileOfAnotherTenantDoesNotExist() throws Exception {
        OpenAIClient one = openAi(KEY_OF_ONE);
        OpenAIClient two = openAi(KEY_OF_TWO);
        String id = one.files()
                .create(FileCreateParams.builder()
                        .file("content of one".getBytes(StandardCharsets.UTF_8))
                        .purpose(FilePurpose.USER_DATA)
                        .build())
                .id();

        assertThatExceptionOfType(NotFoundException.class)
                .isThrownBy(() -> two.files().retrieve(id));
        assertThatExceptionOfType(NotFoundException.class)
                .isThrownBy(() -> two.files().content(id));
        assertThatExceptionOfType(NotFoundException.class)
                .isThrownBy(() -> two.files().delete(id));
        assertThat(two.files().list().items()).isEmpty();
        Answer page = send(
                HttpRequest.newBuilder(uri("/v1/files?after=" + id)).header("authorization", "Bearer " + KEY_OF_TWO));
        assertThat(page.errorCode()).isEqualTo("invalid_cursor");
        assertThat(one.files().retrieve(id).id()).isEqualTo(id);
    }
}
