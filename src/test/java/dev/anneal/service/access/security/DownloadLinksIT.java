package dev.anneal.service.access.security;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.spi.ILoggingEvent;
import dev.anneal.service.HeardLog;
import dev.anneal.service.ServiceTest;
import dev.anneal.service.access.tenant.IssuedKey;
import dev.anneal.service.access.tenant.IssuedKeys;
import dev.anneal.service.access.tenant.NewKey;
import dev.anneal.service.access.tenant.Projects;
import dev.anneal.service.access.tenant.Scope;
import dev.anneal.service.files.FilePurpose;
import dev.anneal.service.platform.database.TestDatabase;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.beans.factory.annotation.Autowired;

/** A link serves one download of its maker, for some minutes, and nothing else. */
class DownloadLinksIT extends ServiceTest {

    private static final String CONTENT = "0123456789";

    @RegisterExtension
    final HeardLog log = new HeardLog();

    @Autowired
    private IssuedKeys keys;

    @Autowired
    private Projects projects;

    private String file = "";

    @BeforeEach
    void fileOfAlpha() {
        file = stored(ALPHA, "mine.txt", FilePurpose.USER_DATA, CONTENT.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void linkServesWithoutAKey() {
        HttpResponse<String> made = post(ALPHA, "/v1/files/" + file + "/link", "");

        assertThat(made.statusCode()).as(made.body()).isEqualTo(200);
        assertThat(json(made).path("object").asString()).isEqualTo("link");
        assertThat(Instant.ofEpochSecond(json(made).path("expires_at").asLong()))
                .isBetween(
                        Instant.now().plus(Duration.ofMinutes(4)), Instant.now().plus(Duration.ofMinutes(5)));
        assertNowhereElse(made);
        HttpResponse<String> content = follow(url(made));
        assertThat(content.statusCode()).isEqualTo(200);
        assertThat(content.body()).isEqualTo(CONTENT);
        assertThat(content.headers().firstValue("openai-organization")).contains(ALPHA);
        assertThat(content.headers().firstValue("x-ratelimit-remaining-requests"))
                .as("counts for its tenant")
                .isPresent();
        assertNowhereElse(content);
    }

    /** Neither in caches nor in the Referer of another page. */
    private static void assertNowhereElse(HttpResponse<String> answer) {
        assertThat(answer.headers().firstValue("cache-control").orElse("")).contains("no-store");
        assertThat(answer.headers().firstValue("referrer-policy")).contains("no-referrer");
    }

    @Test
    void downloadGoesOnWhereItStopped() {
        String url = url(post(ALPHA, "/v1/files/" + file + "/link", ""));

        HttpResponse<String> rest = send(anonymous(url).header("Range", "bytes=4-"));

        assertThat(rest.statusCode()).isEqualTo(206);
        assertThat(rest.body()).isEqualTo("456789");
    }

    @Test
    void proxysCredentialDoesNotDisturb() {
        String url = url(post(ALPHA, "/v1/files/" + file + "/link", ""));

        assertThat(send(anonymous(url).header("Authorization", "Basic dTpw")).body())
                .isEqualTo(CONTENT);
    }

    @Test
    void changedLinkServesNothing() {
        String url = url(post(ALPHA, "/v1/files/" + file + "/link", ""));
        String other = stored(ALPHA, "other.txt", FilePurpose.USER_DATA, new byte[] {1});
        String secret = url.substring(url.indexOf('?'));

        for (String changed : List.of(
                url.substring(0, url.length() - 1) + (url.endsWith("x") ? "y" : "x"),
                url.substring(0, url.indexOf('=') + 1),
                url.replace(file, other),
                url.replace("/content", ""),
                url.replace("/content", "/content/"),
                "/v1/files" + secret,
                "/v1/fine_tuning/jobs" + secret)) {
            assertRefused(follow(changed));
        }
        assertThat(follow("/v1/files/" + file + "/content?linked=" + secret).statusCode())
                .isEqualTo(401);
        for (String method : List.of("POST", "DELETE", "PUT")) {
            HttpResponse<String> answer = send(anonymous(url).method(method, HttpRequest.BodyPublishers.noBody()));
            assertThat(answer.statusCode()).as(method).isEqualTo(401);
        }
        assertThat(send(anonymous("/v1/files/" + file + "/content")
                                .header("Authorization", "Bearer " + secret.substring("?link=".length())))
                        .statusCode())
                .as("a link is no key")
                .isEqualTo(401);
        assertThat(follow(url).statusCode()).isEqualTo(200);
    }

    @Test
    void expiredLinkServesNothingAndIsForgotten() {
        String url = url(post(ALPHA, "/v1/files/" + file + "/link", ""));
        TestDatabase.administrator()
                .sql("UPDATE download_link SET expires_at = now()")
                .update();

        assertRefused(follow(url));

        post(ALPHA, "/v1/files/" + file + "/link", "");
        assertThat(TestDatabase.administrator()
                        .sql("SELECT count(*) FROM download_link")
                        .query(Long.class)
                        .single())
                .isEqualTo(1);
    }

    @Test
    void linkEndsWithTheKeyThatMadeIt() {
        projects.create("Team", "team");
        String own = stored("team", "own.txt", FilePurpose.USER_DATA, new byte[] {1});
        IssuedKey.Shown key = keys.create("team", new NewKey("k", Set.of(Scope.FILES_READ), null));
        String url = url(linkBy(key, own));
        assertThat(follow(url).statusCode()).isEqualTo(200);

        keys.revoke("team", key.key().id());

        assertRefused(follow(url));
    }

    @Test
    void linkEndsWithItsProject() {
        projects.create("Team", "gone");
        String own = stored("gone", "own.txt", FilePurpose.USER_DATA, new byte[] {1});
        String url = url(linkBy(keys.create("gone", new NewKey("k", Set.of(Scope.FILES_READ), null)), own));
        assertThat(follow(url).statusCode()).isEqualTo(200);

        projects.archive("gone");

        HttpResponse<String> answer = follow(url);
        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(json(answer).at("/error/code").asString()).isEqualTo("project_archived");
    }

    private HttpResponse<String> linkBy(IssuedKey.Shown key, String id) {
        return send(anonymous("/v1/files/" + id + "/link")
                .header("Authorization", "Bearer " + key.secret())
                .POST(HttpRequest.BodyPublishers.noBody()));
    }

    @Test
    void linkIsMadeOnlyOfWhatItsMakerMayRead() {
        HttpResponse<String> foreign = post(BETA, "/v1/files/" + file + "/link", "");

        assertThat(foreign.statusCode()).isEqualTo(404);
    }

    @Test
    void deletedFileIsGone() {
        String url = url(post(ALPHA, "/v1/files/" + file + "/link", ""));
        send(request(ALPHA, "/v1/files/" + file).DELETE());

        assertThat(follow(url).statusCode()).isEqualTo(404);
    }

    @Test
    void secretIsWrittenNowhere() {
        String url = url(post(ALPHA, "/v1/files/" + file + "/link", ""));
        String secret = url.substring(url.indexOf('=') + 1);

        follow(url);
        follow(url.replace(file, "file-other"));

        assertThat(log.lines()).extracting(ILoggingEvent::getFormattedMessage).noneMatch(line -> line.contains(secret));
        assertThat(awaitValue(
                        () -> stored("SELECT coalesce(string_agg(audit_log::text, ' '), '') FROM audit_log"),
                        entries -> entries.contains("/v1/files/file-other/content")))
                .doesNotContain(secret);
        assertThat(stored("SELECT string_agg(download_link::text, ' ') FROM download_link"))
                .contains(file)
                .doesNotContain(secret);
    }

    private static String stored(String question) {
        return TestDatabase.administrator().sql(question).query(String.class).single();
    }

    private HttpResponse<String> follow(String url) {
        return send(anonymous(url));
    }

    private HttpRequest.Builder anonymous(String path) {
        URI address = request(ALPHA, path).build().uri();
        return HttpRequest.newBuilder(address);
    }

    private static String url(HttpResponse<String> made) {
        assertThat(made.statusCode()).as(made.body()).isEqualTo(200);
        return json(made).path("url").asString();
    }

    private static void assertRefused(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.uri() + " " + answer.body()).isEqualTo(401);
        assertThat(json(answer).at("/error/code").asString()).isEqualTo("invalid_link");
        assertThat(json(answer).at("/error/message").asString()).contains("Ask for a new one");
    }
}
