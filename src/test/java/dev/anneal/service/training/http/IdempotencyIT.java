package dev.anneal.service.training.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.ServiceTest;
import dev.anneal.service.platform.database.TestDatabase;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A request that arrives twice makes one job; two requests that say the same make two. */
class IdempotencyIT extends ServiceTest {

    private static final String JOBS = "/v1/fine_tuning/jobs";

    @Test
    void keyMeansTheSameJobHoweverTheBodyIsWritten() {
        String file = file(ALPHA, 10);
        String first = id(send(create(ALPHA, body(file, "7")).header("Idempotency-Key", "k1")));
        String rewritten = "{ \"seed\":7,\"training_file\":\"" + file + "\",\"model\":\"anneal-tiny\" }";

        assertThat(id(send(create(ALPHA, rewritten).header("Idempotency-Key", "k1"))))
                .isEqualTo(first);
        assertThat(id(send(create(ALPHA, body(file, "7")).header("Idempotency-Key", "k2"))))
                .isNotEqualTo(first);
    }

    @Test
    void keyWithAnotherBodyIsRefused() {
        String file = file(ALPHA, 10);
        String first = id(send(create(ALPHA, body(file, "7")).header("Idempotency-Key", "k1")));

        HttpResponse<String> answer = send(create(ALPHA, body(file, "8")).header("Idempotency-Key", "k1"));

        assertThat(answer.statusCode()).isEqualTo(409);
        assertThat(answer.headers().firstValue("x-should-retry")).contains("false");
        assertThat(json(answer).path("error").path("code").stringValue()).isEqualTo("idempotency_key_reused");
        assertThat(json(answer).path("error").path("message").stringValue()).contains(first);
    }

    @Test
    void keysOfTenantsAreTheirOwn() {
        String alphas = id(send(create(ALPHA, body(file(ALPHA, 10), "7")).header("Idempotency-Key", "k1")));
        String betas = id(send(create(BETA, body(file(BETA, 10), "7")).header("Idempotency-Key", "k1")));

        assertThat(betas).isNotEqualTo(alphas);
    }

    @Test
    void blindRetryFindsTheJobOfTheLastTenMinutes() {
        String body = body(file(ALPHA, 10), "7");
        String first = id(send(create(ALPHA, body)));

        assertThat(id(send(create(ALPHA, body).header("X-Stainless-Retry-Count", "1"))))
                .isEqualTo(first);
        assertThat(id(send(create(ALPHA, body).header("X-Stainless-Retry-Count", "0"))))
                .isNotEqualTo(first);
        TestDatabase.administrator()
                .sql("UPDATE job SET created_at = created_at - interval '11 minutes'")
                .update();
        assertThat(id(send(create(ALPHA, body).header("X-Stainless-Retry-Count", "2"))))
                .isNotEqualTo(first);
    }

    @Test
    void retryOfARequestWhoseFileIsGoneStillFindsItsJob() {
        String file = file(ALPHA, 10);
        String body = body(file, "7");
        String first = id(send(create(ALPHA, body)));
        TestDatabase.administrator().sql("UPDATE file SET content = 'DOOMED'").update();

        assertThat(id(send(create(ALPHA, body).header("X-Stainless-Retry-Count", "1"))))
                .isEqualTo(first);
    }

    @Test
    void simultaneousDeliveriesOfOneRequestMakeOneJob() {
        String body = body(file(ALPHA, 10), "7");

        List<CompletableFuture<String>> deliveries = IntStream.range(0, 8)
                .mapToObj(i -> CompletableFuture.supplyAsync(() ->
                        id(send(create(ALPHA, body).header("X-Stainless-Retry-Count", i == 0 ? "0" : "1")))))
                .toList();

        // The one without the mark may come last and make a second job, as a new request would.
        assertThat(deliveries.stream().map(CompletableFuture::join).distinct().count())
                .isBetween(1L, 2L);
        List<CompletableFuture<String>> keyed = IntStream.range(0, 8)
                .mapToObj(i -> CompletableFuture.supplyAsync(
                        () -> id(send(create(ALPHA, body).header("Idempotency-Key", "race")))))
                .toList();
        assertThat(keyed.stream().map(CompletableFuture::join).distinct()).hasSize(1);
    }

    private HttpRequest.Builder create(String tenant, String body) {
        return request(tenant, JOBS)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body));
    }

    private static String body(String file, String seed) {
        return "{\"model\": \"anneal-tiny\", \"training_file\": \"" + file + "\", \"seed\": " + seed + "}";
    }

    private static String id(HttpResponse<String> created) {
        assertThat(created.statusCode()).as(created.body()).isEqualTo(200);
        return json(created).get("id").stringValue();
    }
}
