package dev.anneal.service.models.hub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.ServiceTest;
import dev.anneal.service.platform.outbound.OutboundHttp;
import dev.anneal.service.platform.outbound.OutboundProperties;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.util.FileSystemUtils;

/** An installation that pulls nothing uses what lies in its cache, and the Hub never hears of it. */
class OfflineHubIT extends ServiceTest {

    private static final HubServer HUB = new HubServer(Path.of("src/main/resources/models/anneal-tiny"));
    private static final Path CACHE = Path.of("target/test-hub-cache-offline");
    private static final String PATH = "/v1/anneal/base_models";
    private static final String OPERATOR = "operator";

    @DynamicPropertySource
    static void hub(DynamicPropertyRegistry properties) {
        properties.add("anneal.admin-keys", () -> "operator-key-0123456789");
        properties.add("anneal.hub.endpoint", HUB::uri);
        properties.add("anneal.hub.offline", () -> "true");
        properties.add("anneal.hub.allowed", () -> "acme/*");
        properties.add("anneal.hub.cache-dir", CACHE::toString);
        properties.add("anneal.outbound.allowed-addresses", () -> "127.0.0.1");
    }

    @BeforeEach
    void cacheOfAnEarlierPull() throws IOException {
        FileSystemUtils.deleteRecursively(CACHE);
        try (OutboundHttp http = new OutboundHttp(new OutboundProperties(List.of("127.0.0.1")))) {
            PullingJvm.puller(http, HUB.uri(), CACHE).pull(HubServer.ID, "main", new PullListener() {
                @Override
                public boolean arrived(long bytesDone, long bytesTotal) {
                    return true;
                }

                @Override
                public boolean waits() {
                    return true;
                }
            });
        }
    }

    @Test
    void modelOfTheCacheIsReadyAtOnce() {
        int before = HUB.seen().size();

        for (String revision : List.of("main", HubServer.SHA)) {
            HttpResponse<String> asked =
                    post(OPERATOR, PATH, "{'id': 'acme/tiny', 'revision': '%s'}".formatted(revision));

            assertThat(asked.statusCode()).as(asked.body()).isEqualTo(202);
            assertThat(json(asked).path("state").asString()).isEqualTo("ready");
            assertThat(json(asked).path("sha").asString()).isEqualTo(HubServer.SHA);
            assertThat(json(asked).path("revision").asString()).isEqualTo(revision);
        }

        assertThat(post(OPERATOR, PATH, "{'id': 'acme/tiny', 'revision': 'v9'}").body())
                .contains("model_not_available", "anneal.hub.offline");
        assertThat(HUB.seen()).hasSize(before);
    }

    /** Job creation looks the model up within its transaction, where no other can be opened. */
    @Test
    void jobOfAModelOfTheCacheIsCreated() {
        String job = post(
                        ALPHA,
                        "/v1/fine_tuning/jobs",
                        "{'model': 'acme/tiny', 'training_file': '" + file(ALPHA, 12) + "'}")
                .body();

        assertThat(JSON.readTree(job).path("model").asString()).as(job).isEqualTo("acme/tiny");
    }
}
