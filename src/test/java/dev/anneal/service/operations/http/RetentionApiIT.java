package dev.anneal.service.operations.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.ServiceTest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.test.context.TestPropertySource;

/** Tenants read how long their artifacts are kept; administrators decide it, for one project at a time. */
@TestPropertySource(properties = "anneal.retention.exports=90d")
class RetentionApiIT extends ServiceTest {

    private static final String ADMINISTRATOR = "admin";
    private static final String OF_ALPHA = "/v1/organization/projects/alpha/retention";

    @Test
    void settingsHoldUntilAnAdministratorSaysOtherwise() {
        assertThat(json(get(ALPHA, "/v1/anneal/retention")).toString()).isEqualTo("""
                {"object":"anneal.retention","project_id":"alpha","intermediate_checkpoints_days":null,"exports_days":90}""");

        HttpResponse<String> saved = replace("{'intermediate_checkpoints_days': 14, 'exports_days': 36500}");

        assertThat(saved.statusCode()).as(saved.body()).isEqualTo(200);
        assertThat(json(get(ALPHA, "/v1/anneal/retention")).toString()).isEqualTo("""
                {"object":"anneal.retention","project_id":"alpha","intermediate_checkpoints_days":14,"exports_days":36500}""");
        assertThat(json(get(BETA, "/v1/anneal/retention")).path("exports_days").intValue())
                .isEqualTo(90);
        assertThat(json(replace("{}")).path("exports_days").intValue()).isEqualTo(90);
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '"', textBlock = """
            {'exports_days': 0}, exports_days
            {'exports_days': '14d'}, exports_days
            {'intermediate_checkpoints_days': 1.5}, intermediate_checkpoints_days
            {'files_days': 1}, files_days
            """)
    void whatIsNoRetentionIsRefusedByItsKey(String body, String key) {
        HttpResponse<String> refused = replace(body);

        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(json(refused).at("/error/param").stringValue()).isEqualTo(key);
    }

    @Test
    void projectThatIsNoneHasNoRetention() {
        assertThat(get(ADMINISTRATOR, "/v1/organization/projects/nobody/retention")
                        .statusCode())
                .isEqualTo(404);
        assertThat(get(ALPHA, OF_ALPHA).statusCode()).isEqualTo(403);
    }

    private HttpResponse<String> replace(String body) {
        return post(ADMINISTRATOR, OF_ALPHA, body);
    }
}
