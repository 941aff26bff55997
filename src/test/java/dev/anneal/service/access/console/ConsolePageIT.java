package dev.anneal.service.access.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.access.web.ApiTestBase;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.test.context.TestPropertySource;

/**
 * A browser that opens the service's address without a key gets a page; clients of the API get the errors that they got
 * before.
 */
@TestPropertySource(properties = "anneal.api-keys=one:" + ConsolePageIT.KEY)
class ConsolePageIT extends ApiTestBase {

    static final String KEY = "sk-0123456789abcdef-one";

    private static final String BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

    /** Addresses of the page's files and of imported modules. */
    private static final Pattern ADDRESS =
            Pattern.compile("(?:(?:src|href)=\"|from ?\"|import ?\"|import\\(\")((?:\\./|\\.\\./|console/)[^\"$]*)\"");

    private static final Pattern OTHER_HOST = Pattern.compile("(?:from|import|src=) ?\\(?\"https?:");

    @Test
    void browserGetsAPageWithoutAKey() throws Exception {
        Answer page = open();

        assertThat(page.status()).isEqualTo(200);
        assertThat(page.header("content-type")).isEqualTo("text/html;charset=UTF-8");
        assertThat(page.header("vary")).isEqualTo("Accept");
        assertThat(page.body()).contains("<title>Anneal</title>", "width=device-width", "<noscript>");
    }

    /** From the page's own addresses on, through the imports of each module. */
    @Test
    void allFilesOfTheConsoleAreServedByRelativePaths() throws Exception {
        Map<URI, String> files = new LinkedHashMap<>();
        follow(URI.create("/"), open().body(), files);

        assertThat(files.keySet().toString())
                .contains(
                        "/console/app.js",
                        "/console/console.css",
                        "/console/pages/job.js",
                        "/console/vendor/lit-html/directives/repeat.js",
                        "/console/vendor/uplot/uPlot.iife.min.js");
        assertThat(files.values()).noneMatch(text -> OTHER_HOST.matcher(text).find());
    }

    @Test
    void manualIsServedWithoutAKey() throws Exception {
        Answer first = get("/manual");
        assertThat(first.status()).isEqualTo(302);
        assertThat(first.header("location")).isEqualTo("manual/docs/README.md");

        assertThat(get("/manual/").header("location")).isEqualTo("docs/README.md");

        Answer errors = get("/manual/docs/errors.md");
        assertThat(errors.status()).isEqualTo(200);
        assertThat(errors.header("content-type")).startsWith("text/html");
        assertThat(errors.header("content-security-policy")).contains("default-src 'self'");
        assertThat(errors.body()).contains("<code id=\"model_not_available\">");

        Answer picture = get("/manual/docs/sums.svg");
        assertThat(picture.status()).isEqualTo(200);
        assertThat(picture.header("content-type")).isEqualTo("image/svg+xml");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"docs/none.md", "pom.xml", "docs/evidence/results/sums.jsonl", "..%2fapplication.yaml", "docs"})
    void manualHasNothingElse(String path) throws Exception {
        assertThat(get("/manual/" + path).status()).isIn(400, 404);
    }

    private void follow(URI from, String text, Map<URI, String> files) throws Exception {
        for (MatchResult found : ADDRESS.matcher(text).results().toList()) {
            // Imports are relative to their module, other addresses to the page.
            URI address = (found.group(1).startsWith(".") ? from : URI.create("/")).resolve(found.group(1));
            if (!files.containsKey(address)) {
                Answer file = get(address.toString());
                assertThat(file.status()).as("%s, of %s", address, from).isEqualTo(200);
                assertThat(file.header("x-content-type-options")).isEqualTo("nosniff");
                assertThat(file.header("cache-control")).isEqualTo("no-cache");
                files.put(address, file.body());
                follow(address, file.body(), files);
            }
        }
    }

    @Test
    void allOfItIsLessThan250Kilobytes() throws Exception {
        Map<URI, String> files = new LinkedHashMap<>();
        follow(URI.create("/"), open().body(), files);

        assertThat(files.values().stream().mapToInt(String::length).sum()).isLessThan(250_000);
    }

    /** A browser runs no script of another host, and none that stands in the page. */
    @Test
    void pageRunsAndAsksNothingElse() throws Exception {
        Answer page = open();

        assertThat(page.header("content-security-policy"))
                .isEqualTo(
                        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
        assertThat(page.header("x-content-type-options")).isEqualTo("nosniff");
        assertThat(page.header("x-frame-options")).isEqualTo("DENY");
        assertThat(page.body()).doesNotContain("style=", "<style", "onclick", "http:", "https:");
    }

    /** As curl sends, a command without a header, and those who take any text. */
    @ParameterizedTest
    @ValueSource(strings = {"*/*", "", "text/*", "text/html", "text/html, application/json;q=0.9"})
    void whoeverAsksForNothingElseGetsThePage(String accept) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri("/"));
        Answer page = send(accept.isEmpty() ? request : request.header("accept", accept));

        assertThat(page.status()).isEqualTo(200);
        assertThat(page.header("content-type")).isEqualTo("text/html;charset=UTF-8");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json",
                "application/json, text/plain, */*",
                "application/json, text/html;q=0.9",
                "text/event-stream",
                "text/html;q=0",
                "nonsense"
            })
    void clientsOfTheApiGetTheUsualErrors(String accept) throws Exception {
        Answer withoutKey = send(HttpRequest.newBuilder(uri("/")).header("accept", accept));
        Answer withKey = send(
                HttpRequest.newBuilder(uri("/")).header("accept", accept).header("authorization", "Bearer " + KEY));

        assertThat(withoutKey.status()).isEqualTo(401);
        assertThat(withoutKey.errorCode()).isEqualTo("invalid_api_key");
        assertThat(withKey.status()).isEqualTo(404);
        assertThat(withKey.errorCode()).isEqualTo("not_found");
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS"})
    void soDoOtherMethods(String method) throws Exception {
        Answer answer = send(HttpRequest.newBuilder(uri("/"))
                .header("accept", BROWSER)
                .method(method, HttpRequest.BodyPublishers.noBody()));

        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.errorCode()).isEqualTo("invalid_api_key");
    }

    private Answer open() throws Exception {
        return send(HttpRequest.newBuilder(uri("/")).header("accept", BROWSER));
    }

    /** Where the operator does not want it. */
    @Nested
    @TestPropertySource(properties = "anneal.console.enabled=false")
    class WithoutTheConsole extends ApiTestBase {

        @Test
        void nothingOfItIsServed() throws Exception {
            assertThat(send(HttpRequest.newBuilder(uri("/")).header("accept", BROWSER))
                            .status())
                    .isEqualTo(401);
            assertThat(get("/console/app.js").status()).isEqualTo(404);
        }
    }

    /** Where users sign in by an issuer. */
    @Nested
    @TestPropertySource(
            properties = {
                "anneal.console.oidc.issuer=https://issuer.example/realms/one",
                "anneal.console.oidc.client-id=anneal-console"
            })
    class WithAnIssuer extends ApiTestBase {

        @Test
        void pageMayAskTheIssuer() throws Exception {
            Answer page = send(HttpRequest.newBuilder(uri("/")).header("accept", BROWSER));

            assertThat(page.header("content-security-policy")).contains("connect-src 'self' https://issuer.example;");
            assertThat(page.body())
                    .contains(
                            "{&quot;documentation&quot;:true,&quot;asks_who&quot;:true,&quot;oidc&quot;:{&quot;issuer&quot;:&quot;https://issuer.example/realms/one&quot;,&quot;client_id&quot;:&quot;anneal-console&quot;,&quot;scopes&quot;:[&quot;openid&quot;]}}");
        }
    }

    /** Where only generation is served. */
    @Nested
    @TestPropertySource(properties = "anneal.roles=inference")
    class WithoutTheApi extends ApiTestBase {

        @Test
        void thereIsNoPage() throws Exception {
            Answer answer = send(HttpRequest.newBuilder(uri("/")).header("accept", BROWSER));

            assertThat(answer.status()).isEqualTo(401);
            assertThat(answer.errorCode()).isEqualTo("invalid_api_key");
        }
    }

    /** Where an address that fails once to authenticate is refused for a while. */
    @Nested
    @TestPropertySource(properties = "anneal.rate-limits.failed-authentications-per-minute=1")
    class WithOneTry extends ApiTestBase {

        @Test
        void visitsAreNoFailedAuthentications() throws Exception {
            for (int visit = 0; visit < 3; visit++) {
                send(HttpRequest.newBuilder(uri("/")).header("accept", BROWSER));
            }

            assertThat(get("/v1/files").status()).isEqualTo(401);
            assertThat(get("/v1/files").status()).isEqualTo(429);
        }
    }
}
