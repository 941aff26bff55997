package dev.anneal.service.storage.s3;

import static org.assertj.core.api.Assertions.assertThat;

import com.openai.core.http.HttpResponse;
import dev.anneal.service.ServiceTest;
import dev.anneal.service.files.FilePurpose;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.TestPropertySource;

/** Clients that download are sent to the bucket, without their key. */
@TestPropertySource(
        properties = {
            "anneal.storage.type=s3",
            "anneal.storage.s3.presigned-downloads=true",
            "anneal.storage.cache.directory=target/test-${anneal.test.fork:1}/home/artifact-cache-presigned"
        })
class PresignedDownloadsIT extends ServiceTest {

    private static final FaultyProxy PROXY = new FaultyProxy(S3Server.endpoint());
    private static final String BUCKET = S3Server.newBucket();

    @DynamicPropertySource
    static void bucket(DynamicPropertyRegistry registry) {
        registry.add("anneal.storage.s3.endpoint", S3Server::endpoint);
        registry.add("anneal.storage.s3.presigned-endpoint", PROXY::endpoint);
        registry.add("anneal.storage.s3.bucket", () -> BUCKET);
    }

    @Test
    void anSdkFollowsToTheBucketAndLeavesItsKeyBehind() throws IOException {
        String id = file(ALPHA, FilePurpose.USER_DATA, "any content");

        try (HttpResponse content = openai(ALPHA).files().content(id)) {
            assertThat(new String(content.body().readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo("any content");
        }

        assertThat(PROXY.asked())
                .filteredOn(asked -> asked.path().contains(id))
                .singleElement()
                .satisfies(asked -> assertThat(asked.isAuthorized()).isFalse())
                .satisfies(asked -> assertThat(asked.path()).contains("X-Amz-Signature="));
    }

    @Test
    void theAddressIsNotToBeKeptAndNobodyElseGetsOne() {
        String id = file(ALPHA, FilePurpose.USER_DATA, "any content");

        java.net.http.HttpResponse<String> answer = get(ALPHA, "/v1/files/" + id + "/content");
        assertThat(answer.statusCode()).isEqualTo(302);
        assertThat(answer.headers().firstValue("cache-control")).hasValue("no-store");
        assertThat(URI.create(answer.headers().firstValue("location").orElseThrow())
                        .getQuery())
                .contains("response-content-disposition=attachment; filename", "rows.jsonl");
        assertThat(get(BETA, "/v1/files/" + id + "/content").statusCode()).isEqualTo(404);
    }

    /** The console's policy allows it no other origin. */
    @Test
    void aScriptInAPageGetsTheContentHere() {
        String id = file(ALPHA, FilePurpose.USER_DATA, "any content");

        java.net.http.HttpResponse<String> answer = send(
                request(ALPHA, "/v1/files/" + id + "/content")
                        .header("Sec-Fetch-Mode", "cors")
                        .GET(),
                java.net.http.HttpResponse.BodyHandlers.ofString());

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("any content");
    }

    @Test
    void aHeadRequestIsAnsweredHere() {
        String id = file(ALPHA, FilePurpose.USER_DATA, "any content");

        java.net.http.HttpResponse<Void> answer = send(
                request(ALPHA, "/v1/files/" + id + "/content").method("HEAD", HttpRequest.BodyPublishers.noBody()),
                java.net.http.HttpResponse.BodyHandlers.discarding());

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("content-length")).hasValue("11");
    }
}
