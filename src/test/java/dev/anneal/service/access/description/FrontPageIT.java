package dev.anneal.service.access.description;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.access.web.ApiTestBase;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.test.context.TestPropertySource;

/** A browser that opens the service's address without a key gets a page; clients of the API get the errors that they got before. */
@TestPropertySource(properties = "anneal.api-keys=one:" + FrontPageIT.KEY)
class FrontPageIT extends ApiTestBase {

    static final String KEY = "sk-0123456789abcdef-one";

    private static final String BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    private static final Pattern LINK = Pattern.compile("<a href=\"([^\"]*)\"");

    @Test
    void browserGetsAPageWithoutAKey() throws Exception {
        Answer page = open();

        assertThat(page.status()).isEqualTo(200);
        assertThat(page.header("content-type")).isEqualTo("text/html;charset=UTF-8");
        assertThat(page.header("vary")).isEqualTo("Accept");
        assertThat(page.body()).contains("<h1>Anneal</h1>", "prefers-color-scheme: dark", "width=device-width");
    }

    @Test
    void pageLinksWhatIsServedAndByRelativePaths() throws Exception {
        List<String> links = links(open());

        assertThat(links).containsExactly("docs/index.html", "openapi.json", "openapi.yaml", "readyz");
        for (String link : links) {
            assertThat(get("/" + link).status()).as(link).isEqualTo(200);
        }
    }

    /** The policy allows the page's own style by its hash, and nothing else: a browser applies no other style and runs no script. */
    @Test
    void pageHasNoScriptAndLoadsNothing() throws Exception {
        Answer page = open();

        assertThat(page.header("content-security-policy"))
                .startsWith("default-src 'none'; style-src 'sha256-")
                .contains("base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'")
                .doesNotContain("script-src", "unsafe");
        assertThat(page.header("x-content-type-options")).isEqualTo("nosniff");
        assertThat(page.header("x-frame-options")).isEqualTo("DENY");
        assertThat(page.body()).doesNotContain("http:", "https:", "<script", "style=", "src=", "@import", "url(");
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "*/*"})
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

    private static List<String> links(Answer page) {
        return LINK.matcher(page.body())
                .results()
                .map((MatchResult link) -> link.group(1))
                .toList();
    }

    /** Where the operator does not want the page with forms. */
    @Nested
    @TestPropertySource(properties = "anneal.api.ui=false")
    class WithoutDocumentation extends ApiTestBase {

        @Test
        void pageDoesNotLinkIt() throws Exception {
            Answer page = send(HttpRequest.newBuilder(uri("/")).header("accept", BROWSER));

            assertThat(page.status()).isEqualTo(200);
            assertThat(links(page)).containsExactly("openapi.json", "openapi.yaml", "readyz");
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
