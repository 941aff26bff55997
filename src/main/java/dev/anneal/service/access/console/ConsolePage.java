package dev.anneal.service.access.console;

import dev.anneal.service.access.tenant.SignIn;
import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.HttpRequestHandler;
import org.springframework.web.util.HtmlUtils;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/**
 * The page that browsers get at {@code /}. Its addresses are relative, so that it also works behind a proxy that serves
 * the service below a path.
 */
@Component
@ConditionalOnRole(Role.API)
@ConditionalOnBooleanProperty(name = "anneal.console.enabled", matchIfMissing = true)
public final class ConsolePage implements HttpRequestHandler {

    /** Nothing but the service's own files and API, and the issuer that users sign in with. */
    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'%s;"
                    + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static final JsonMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .build();

    private final byte[] html;
    private final String contentSecurityPolicy;

    /**
     * Stands in the page where it says what the console has to know of the installation before anybody has signed in.
     */
    private static final String SETTINGS = "{settings}";

    ConsolePage(ConsoleProperties properties, SignIn signIn, @Value("${anneal.api.ui:true}") boolean hasDocumentation)
            throws IOException {
        ConsoleProperties.Oidc oidc = properties.oidc();
        String settings = JSON.writeValueAsString(new Settings(hasDocumentation, signIn.asksWho(), oidc));
        try (InputStream resource = new ClassPathResource("console/index.html").getInputStream()) {
            String page = new String(resource.readAllBytes(), StandardCharsets.UTF_8);
            html = page.replace(SETTINGS, HtmlUtils.htmlEscape(settings)).getBytes(StandardCharsets.UTF_8);
        }
        contentSecurityPolicy = POLICY.formatted(oidc == null ? "" : " " + oidc.origin());
    }

    /**
     * Settings in the page, as JSON.
     *
     * @param documentation whether {@code /docs} is served
     * @param asksWho whether requests without a key or token are refused, and count as failed log-ins
     */
    private record Settings(boolean documentation, boolean asksWho, ConsoleProperties.@Nullable Oidc oidc) {}

    /**
     * Whether the request is for {@code /} and asks for HTML or for nothing in particular, as curl does. API clients,
     * which name JSON, get the usual error.
     */
    public boolean isRequestedBy(HttpServletRequest request) {
        return Set.of("GET", "HEAD").contains(request.getMethod())
                && request.getRequestURI().equals(request.getContextPath() + "/")
                && acceptsHtml(Collections.list(request.getHeaders(HttpHeaders.ACCEPT)));
    }

    @Override
    public void handleRequest(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setContentType("text/html;charset=UTF-8");
        response.setContentLength(html.length);
        response.setHeader("Content-Security-Policy", contentSecurityPolicy);
        response.setHeader(HttpHeaders.VARY, HttpHeaders.ACCEPT);
        response.setHeader(HttpHeaders.CACHE_CONTROL, "no-cache");
        response.getOutputStream().write(html);
    }

    private static boolean acceptsHtml(List<String> accept) {
        try {
            List<MediaType> accepted = MediaType.parseMediaTypes(accept);
            return accepted.stream().allMatch(ConsolePage::isWildcardForHtml)
                    || quality(MediaType.TEXT_HTML, accepted) > quality(MediaType.APPLICATION_JSON, accepted);
        } catch (InvalidMediaTypeException malformed) {
            return false;
        }
    }

    private static boolean isWildcardForHtml(MediaType type) {
        return type.isWildcardSubtype() && type.includes(MediaType.TEXT_HTML);
    }

    /** 0 if {@code accepted} does not name the type; wildcards are ignored. */
    private static double quality(MediaType type, List<MediaType> accepted) {
        return accepted.stream()
                .filter(type::equalsTypeAndSubtype)
                .mapToDouble(MediaType::getQualityValue)
                .max()
                .orElse(0);
    }
}
