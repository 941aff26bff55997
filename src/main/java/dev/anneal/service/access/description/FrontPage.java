package dev.anneal.service.access.description;

import dev.anneal.engine.format.file.Sha256;
import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.HttpRequestHandler;

/**
 * The page that browsers get at {@code /}: what the service is, with links to its documentation. It has no script and loads nothing. Its
 * links are relative, so they also work behind a proxy that serves the service below a path.
 */
@Component
@ConditionalOnRole(Role.API)
public final class FrontPage implements HttpRequestHandler {

    /** Allows the page's own style, by its hash. */
    private static final String POLICY =
            "default-src 'none'; style-src 'sha256-%s'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static final String LINK_TO_DOCS = "href=\"docs/";

    private final byte[] html;
    private final String contentSecurityPolicy;

    FrontPage(ApiProperties properties) throws IOException {
        try (InputStream resource = new ClassPathResource("front-page.html").getInputStream()) {
            String page = new String(resource.readAllBytes(), StandardCharsets.UTF_8);
            html = (properties.ui() ? page : withoutLinkToDocs(page)).getBytes(StandardCharsets.UTF_8);
            contentSecurityPolicy = POLICY.formatted(sha256(styleOf(page)));
        }
    }

    /** Whether the request is for {@code /} and prefers HTML. API clients, which do not name HTML, get the usual error. */
    public boolean isRequestedBy(HttpServletRequest request) {
        return Set.of("GET", "HEAD").contains(request.getMethod())
                && request.getRequestURI().equals(request.getContextPath() + "/")
                && prefersHtml(Collections.list(request.getHeaders(HttpHeaders.ACCEPT)));
    }

    @Override
    public void handleRequest(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setContentType("text/html;charset=UTF-8");
        response.setContentLength(html.length);
        response.setHeader("Content-Security-Policy", contentSecurityPolicy);
        response.setHeader(HttpHeaders.VARY, HttpHeaders.ACCEPT);
        response.getOutputStream().write(html);
    }

    private static boolean prefersHtml(List<String> accept) {
        try {
            List<MediaType> accepted = MediaType.parseMediaTypes(accept);
            return quality(MediaType.TEXT_HTML, accepted) > quality(MediaType.APPLICATION_JSON, accepted);
        } catch (InvalidMediaTypeException malformed) {
            return false;
        }
    }

    /** 0 if {@code accepted} does not name the type; wildcards are ignored. */
    private static double quality(MediaType type, List<MediaType> accepted) {
        return accepted.stream()
                .filter(type::equalsTypeAndSubtype)
                .mapToDouble(MediaType::getQualityValue)
                .max()
                .orElse(0);
    }

    private static String withoutLinkToDocs(String page) {
        return page.lines().filter(line -> !line.contains(LINK_TO_DOCS)).collect(Collectors.joining("\n", "", "\n"));
    }

    private static String styleOf(String page) {
        return page.substring(page.indexOf("<style>") + "<style>".length(), page.indexOf("</style>"));
    }

    private static String sha256(String text) {
        return Base64.getEncoder().encodeToString(Sha256.newDigest().digest(text.getBytes(StandardCharsets.UTF_8)));
    }
}
