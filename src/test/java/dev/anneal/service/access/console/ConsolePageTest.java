package dev.anneal.service.access.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.access.tenant.SignIn;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.web.MockHttpServletRequest;

/** Which requests the console answers. */
class ConsolePageTest {

    private static final String BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8";

    private final ConsolePage page = page();

    @ParameterizedTest
    @ValueSource(strings = {BROWSER, "text/html", "application/json;q=0.5, text/html", "TEXT/HTML;charset=utf-8"})
    void whoPrefersHtmlGetsThePage(String accept) {
        assertThat(isRequested("GET", "/", accept)).isTrue();
        assertThat(isRequested("HEAD", "/", accept)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"*/*", "text/*", ""})
    void whoAsksForNothingInParticularDoes(String accept) {
        assertThat(isRequested("GET", "/", accept)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json",
                "application/json, text/plain, */*",
                "application/json, text/html",
                "application/json, text/html;q=0.9",
                "text/html;q=0",
                "text/html;q=x",
                "text"
            })
    void clientsOfTheApiDoNot(String accept) {
        assertThat(isRequested("GET", "/", accept)).isFalse();
    }

    @Test
    void whoSendsNoAcceptHeaderDoes() {
        assertThat(page.isRequestedBy(new MockHttpServletRequest("GET", "/"))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"})
    void otherMethodsDoNot(String method) {
        assertThat(isRequested(method, "/", BROWSER)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/files", "//", "/index.html", "/;x=y", "/.", "/%2F", ""})
    void otherPathsDoNot(String path) {
        assertThat(isRequested("GET", path, BROWSER)).isFalse();
    }

    @Test
    void contextPathIsNoPartOfThePath() {
        MockHttpServletRequest request = new MockHttpServletRequest("GET", "/anneal/");
        request.setContextPath("/anneal");
        request.addHeader("Accept", BROWSER);

        assertThat(page.isRequestedBy(request)).isTrue();
    }

    private boolean isRequested(String method, String path, String accept) {
        MockHttpServletRequest request = new MockHttpServletRequest(method, path);
        request.addHeader("Accept", accept);
        return page.isRequestedBy(request);
    }

    private static ConsolePage page() {
        try {
            return new ConsolePage(new ConsoleProperties(true, null), new SignIn(true), true);
        } catch (IOException unreadable) {
            throw new AssertionError(unreadable);
        }
    }
}
