package dev.anneal.service.access.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.ServiceTest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.test.context.TestPropertySource;

/** Tenants read what they may use and use; administrators decide it, for one project at a time. */
@TestPropertySource(properties = {"anneal.quotas.unfinished-jobs=7", "anneal.quotas.stored-size=1MB"})
class QuotaApiIT extends ServiceTest {

    private static final String ADMINISTRATOR = "admin";
    private static final String OF_ALPHA = "/v1/organization/projects/alpha/quota";

    @Test
    void settingsHoldUntilAnAdministratorSaysOtherwise() {
        assertThat(json(get(ALPHA, "/v1/anneal/quota")).toString()).isEqualTo("""
                {"object":"anneal.quota","project_id":"alpha",\
                "limits":{"running_jobs":null,"unfinished_jobs":7,"upload_bytes":null,"stored_bytes":1048576,"training_hours_per_month":null},\
                "usage":{"running_jobs":0,"unfinished_jobs":0,"stored_bytes":0,"training_hours_this_month":0.0}}""");

        HttpResponse<String> saved = replace(
                "{'running_jobs': 2, 'unfinished_jobs': 1, 'upload_bytes': 1000000, 'training_hours_per_month': 0.5}");

        assertThat(saved.statusCode()).as(saved.body()).isEqualTo(200);
        assertThat(json(saved).get("limits").toString()).isEqualTo("""
                {"running_jobs":2,"unfinished_jobs":1,"upload_bytes":1000000,"stored_bytes":1048576,"training_hours_per_month":0.5}""");
        assertThat(json(get(BETA, "/v1/anneal/quota"))
                        .at("/limits/unfinished_jobs")
                        .intValue())
                .isEqualTo(7);
    }

    @Test
    void whatIsSavedHoldsAtOnceAndTheUsageIsShown() {
        String file = file(ALPHA, 20);
        replace("{'unfinished_jobs': 1}");
        queuedJob(ALPHA, file, "");

        HttpResponse<String> second =
                post(ALPHA, "/v1/fine_tuning/jobs", "{'model': 'anneal-tiny', 'training_file': '" + file + "'}");
        assertThat(second.statusCode()).isEqualTo(429);
        var quota = json(get(ADMINISTRATOR, OF_ALPHA));
        assertThat(quota.at("/usage/unfinished_jobs").intValue()).isEqualTo(1);
        assertThat(quota.at("/usage/stored_bytes").longValue()).isPositive();

        replace("{}");
        assertThat(json(get(ALPHA, "/v1/anneal/quota"))
                        .at("/limits/unfinished_jobs")
                        .intValue())
                .isEqualTo(7);
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '"', textBlock = """
            {'running_jobs': -1}, running_jobs
            {'unfinished_jobs': 1.5}, unfinished_jobs
            {'upload_bytes': -1}, upload_bytes
            {'stored_bytes': '1GB'}, stored_bytes
            {'training_hours_per_month': -0.1}, training_hours_per_month
            {'gpus': 1}, gpus
            """)
    void whatIsNoQuotaIsRefusedByItsKey(String body, String key) {
        HttpResponse<String> refused = replace(body);

        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(json(refused).at("/error/param").stringValue()).isEqualTo(key);
    }

    @Test
    void projectThatIsNoneHasNoQuota() {
        assertThat(get(ADMINISTRATOR, "/v1/organization/projects/nobody/quota").statusCode())
                .isEqualTo(404);
        assertThat(get(ALPHA, OF_ALPHA).statusCode()).isEqualTo(403);
    }

    private HttpResponse<String> replace(String body) {
        return post(ADMINISTRATOR, OF_ALPHA, body);
    }
}
