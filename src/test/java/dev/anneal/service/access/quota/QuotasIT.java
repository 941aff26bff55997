package dev.anneal.service.access.quota;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.anneal.service.ServiceTest;
import dev.anneal.service.files.FilePurpose;
import dev.anneal.service.platform.database.TestDatabase;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** What goes beyond a tenant's quota is refused with what is used and what is allowed; other tenants do not notice. */
class QuotasIT extends ServiceTest {

    @Autowired
    private Quotas quotas;

    @Test
    void jobsThatHaveNotEndedAreCounted() {
        quotas.save(ALPHA, jobs(1));
        String file = file(ALPHA, 20);
        String first = queuedJob(ALPHA, file, "");

        HttpResponse<String> second = create(ALPHA, file);
        assertThat(second.statusCode()).isEqualTo(429);
        assertThat(code(second)).isEqualTo("too_many_jobs");
        assertThat(second.body()).contains("'alpha' has 1 jobs", "may have 1");
        assertThat(second.headers().firstValue("x-should-retry")).contains("false");
        assertThat(create(BETA, file(BETA, 20)).statusCode()).isEqualTo(200);

        post(ALPHA, "/v1/fine_tuning/jobs/" + first + "/cancel", "");
        assertThat(create(ALPHA, file).statusCode()).isEqualTo(200);
    }

    @Test
    void repeatedRequestFindsItsJobWhateverTheQuota() {
        quotas.save(ALPHA, jobs(1));
        String body = "{'model': 'anneal-tiny', 'training_file': '%s'}".formatted(file(ALPHA, 20));
        HttpResponse<String> first = send(withKey(body));

        assertThat(json(send(withKey(body))).get("id")).isEqualTo(json(first).get("id"));
    }

    @Test
    void hoursOfTrainingAreThoseOfThisMonth() {
        String file = file(ALPHA, 20);
        queuedJob(ALPHA, file, "");
        playedWorker().finish(0);
        // Two hours and a half of it in this month, however early in the month this runs.
        TestDatabase.administrator().sql("""
                        UPDATE attempt
                        SET started_at = date_trunc('month', clock_timestamp(), 'UTC') - interval '1 hour',
                            ended_at = date_trunc('month', clock_timestamp(), 'UTC') + interval '150 minutes'
                        """).update();
        assertThat(usage(ALPHA).trainingHoursThisMonth()).isEqualTo(2.5, within(1e-9));
        assertThat(usage(BETA).trainingHoursThisMonth()).isZero();

        quotas.save(ALPHA, new Quota(null, null, null, null, 2.6));
        assertThat(create(ALPHA, file).statusCode()).isEqualTo(200);

        quotas.save(ALPHA, new Quota(null, null, null, null, 2.5));
        HttpResponse<String> refused = create(ALPHA, file);
        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(code(refused)).isEqualTo("quota_exceeded");
        assertThat(refused.body()).contains("2.50 of its 2.50 hours");
    }

    @Test
    void storedBytesAreThoseOfFilesCheckpointsAndExports() {
        String file = file(ALPHA, 20);
        queuedJob(ALPHA, file, "");
        long ofFile = usage(ALPHA).storedBytes();
        assertThat(ofFile)
                .isEqualTo(json(get(ALPHA, "/v1/files/" + file)).get("bytes").longValue());
        playedWorker().finish(0);
        long afterTraining = usage(ALPHA).storedBytes();
        assertThat(afterTraining).isGreaterThan(ofFile);

        quotas.save(ALPHA, new Quota(null, null, null, afterTraining + 100, null));
        assertThat(upload("x".repeat(101)).statusCode()).isEqualTo(413);
        assertThat(upload("x".repeat(101)).body()).contains("100 bytes", "what is left of the", "'alpha' may store");
        assertThat(upload("x".repeat(100)).statusCode()).isEqualTo(200);

        HttpResponse<String> full = upload("x");
        assertThat(full.statusCode()).isEqualTo(429);
        assertThat(code(full)).isEqualTo("quota_exceeded");
        assertThat(code(create(ALPHA, file))).isEqualTo("quota_exceeded");
    }

    @Test
    void oneFileMayHaveSoManyBytes() {
        quotas.save(ALPHA, new Quota(null, null, 10L, null, null));

        assertThat(upload("x".repeat(10)).statusCode()).isEqualTo(200);
        HttpResponse<String> refused = upload("x".repeat(11));
        assertThat(code(refused)).isEqualTo("request_too_large");
        assertThat(refused.body()).contains("10 bytes", "tenant 'alpha'");
    }

    private static Quota jobs(@Nullable Integer unfinished) {
        return new Quota(null, unfinished, null, null, null);
    }

    private Usage usage(String tenant) {
        return tenants.call(tenant, () -> quotas.usage(tenant));
    }

    private HttpResponse<String> create(String tenant, String file) {
        return post(tenant, "/v1/fine_tuning/jobs", "{'model': 'anneal-tiny', 'training_file': '" + file + "'}");
    }

    private HttpRequest.Builder withKey(String body) {
        return request(ALPHA, "/v1/fine_tuning/jobs")
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", "once")
                .POST(HttpRequest.BodyPublishers.ofString(body.replace('\'', '"')));
    }

    private HttpResponse<String> upload(String content) {
        String boundary = "part-of-an-upload";
        String body = "--%1$s\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\n%2$s\r\n"
                        .formatted(boundary, FilePurpose.USER_DATA.wireName())
                + "--%1$s\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\n%2$s\r\n--%1$s--\r\n"
                        .formatted(boundary, content);
        return send(request(ALPHA, "/v1/files")
                .header("Content-Type", "multipart/form-data; boundary=" + boundary)
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private static String code(HttpResponse<String> refused) {
        return json(refused).path("error").path("code").stringValue();
    }
}
