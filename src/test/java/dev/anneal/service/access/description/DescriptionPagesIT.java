package dev.anneal.service.access.description;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.access.web.ApiTestBase;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.test.context.TestPropertySource;

/** Everybody may look at the description, and the page that shows it asks nobody else for anything. */
@TestPropertySource(properties = "anneal.api-keys=one:sk-0123456789abcdef-one")
class DescriptionPagesIT extends ApiTestBase {

    @ParameterizedTest
    @CsvSource({
        "index.html, text/html, swagger-ui-bundle.js",
        "start.js, text/javascript, openapi.json",
        "swagger-ui.css, text/css, swagger-ui",
        "swagger-ui-bundle.js, text/javascript, SwaggerUIBundle"
    })
    void pageHasWhatItNeeds(String file, String type, String content) throws Exception {
        Answer answer = get("/docs/" + file);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("content-type")).startsWith(type);
        assertThat(answer.body()).contains(content);
    }

    @Test
    void pageMayRunAndAskOnlyWhatIsServedHere() throws Exception {
        Answer page = get("/docs/index.html");

        assertThat(page.header("content-security-policy"))
                .contains("default-src 'self'", "frame-ancestors 'none'", "object-src 'none'");
        assertThat(page.header("x-content-type-options")).isEqualTo("nosniff");
        assertThat(page.body()).doesNotContain("http:", "https:", "<script>");
    }

    @Test
    void shortPathLeadsThere() throws Exception {
        Answer answer = get("/docs");

        assertThat(answer.status()).isEqualTo(302);
        assertThat(answer.header("location")).isEqualTo("docs/index.html");
    }

    @Test
    void nothingElseIsServedBelowIt() throws Exception {
        assertThat(get("/docs/../openapi.yaml").status()).isNotEqualTo(500);
        assertThat(get("/docs/application.yaml").status()).isEqualTo(404);
        assertThat(get("/docs/%2e%2e/application.yaml").status()).isIn(400, 401, 404);
    }

    /** Where the operator does not want it. */
    @Nested
    @TestPropertySource(properties = "anneal.api.ui=false")
    class SwitchedOff extends ApiTestBase {

        @Test
        void thereIsNoPage() throws Exception {
            assertThat(get("/docs/index.html").status()).isEqualTo(404);
            assertThat(get("/openapi.json").status()).isEqualTo(200);
        }
    }
}
