package dev.anneal.penetration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.penetration.RawHttp.Reply;
import dev.anneal.service.access.security.Route;
import dev.anneal.service.platform.database.TestDatabase;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/**
 * Walks every route in spellings other than its own (#17): whatever the roles of the process and the credential, none
 * is served.
 */
abstract class EncodedPathsTest extends AttackTest {

    static final String ADMIN_KEY = "Authorization: Bearer admin-key-0123456789\r\n";
    static final String WRONG_KEY = "Authorization: Bearer alpha-key-9876543210\r\n";

    /** Routes that are served to everybody. */
    private static final List<Route> OPEN = List.of(
            new Route("GET", "/livez", "", null),
            new Route("GET", "/readyz", "", null),
            new Route("GET", "/openapi.json", "", null),
            new Route("GET", "/openapi.yaml", "", null),
            new Route("GET", "/docs/index.html", "", null));

    @Autowired
    @Qualifier("requestMappingHandlerMapping")
    private RequestMappingHandlerMapping mappings;

    /** One encoded letter in each literal segment: 400 before anybody is asked for a credential. */
    final void walkWithOneEncodedLetter() {
        List<Long> before = rows();
        List<Route> routes = routes();
        assertThat(routes).hasSizeGreaterThan(60);
        for (Route route : routes) {
            for (String path : encoded(route)) {
                for (String credential : List.of("", WRONG_KEY, KEY, ADMIN_KEY)) {
                    Reply reply = call(route, path, credential);

                    assertRefused(reply, 400, "invalid_value");
                    assertThat(reply.text())
                            .as("says what to send instead of " + path)
                            .contains("Send '" + route.path(variable -> "x").split("\\?", -1)[0] + "'");
                }
            }
        }
        assertThat(rows()).isEqualTo(before);
    }

    /** Everything else that one path may be taken for another by. */
    final void walkInOtherSpellings() {
        List<Long> before = rows();
        for (Route route : routes()) {
            String path = route.path(variable -> "x").split("\\?", -1)[0];
            for (String other : List.of(
                    path.replaceFirst("/", "/;x=y/"),
                    path.replaceFirst("(/[^/]+)", "$1;x=y"),
                    path + ";x=y",
                    path.replaceFirst("/", "//"),
                    path.replaceFirst("/", "/./"),
                    path.replaceFirst("/", "/v1/../"),
                    path.replaceFirst("(/[^/]+)/", "$1//"),
                    path.replaceFirst("(/[^/]+)/", "$1%2F"),
                    path.replaceFirst("(/[^/]+)/", "$1%5C"),
                    path.replaceFirst("(/.)", "$1%00"),
                    path.replaceFirst("(/.)", "$1%u0076"),
                    encode(path, 1).replace("%", "%25"),
                    path + "/",
                    path.substring(0, 1) + path.substring(1, 2).toUpperCase(Locale.ROOT) + path.substring(2))) {
                if (other.equals(path)) {
                    continue;
                }
                for (String credential : List.of("", KEY, ADMIN_KEY)) {
                    Reply reply = call(route, other, credential);

                    assertThat(reply.status())
                            .as(route.method() + " " + other + "\n" + reply.text())
                            .isIn(400, 401, 404);
                    assertThat(reply.isEnvelope()).as(reply.text()).isTrue();
                }
            }
        }
        assertThat(rows()).isEqualTo(before);
    }

    private List<Route> routes() {
        List<Route> routes = new ArrayList<>(Route.of(mappings));
        routes.addAll(OPEN);
        return routes;
    }

    /** How much there is of what routes make. */
    private static List<Long> rows() {
        return Stream.of("api_key", "evaluation", "export", "file", "job", "tenant", "upload", "webhook_endpoint")
                .map(table -> TestDatabase.administrator()
                        .sql("SELECT count(*) FROM " + table)
                        .query(Long.class)
                        .single())
                .toList();
    }

    private Reply call(Route route, String path, String credential) {
        String line = route.method() + " " + path + (route.query().isEmpty() ? "" : "?" + route.query());
        boolean hasBody = List.of("POST", "PUT", "PATCH").contains(route.method());
        return raw(line, credential + (hasBody ? JSON_TYPE : ""), hasBody ? "{}" : "");
    }

    /** The route's path once for each of its literal segments, in which one letter is encoded. */
    private static List<String> encoded(Route route) {
        List<String> paths = new ArrayList<>();
        String pattern = route.pattern();
        for (int slash = pattern.indexOf('/'); slash >= 0; slash = pattern.indexOf('/', slash + 1)) {
            int end = pattern.indexOf('/', slash + 1) < 0 ? pattern.length() : pattern.indexOf('/', slash + 1);
            if (pattern.charAt(slash + 1) != '{') {
                int letter = slash + 1 + (end - slash - 1) / 2;
                paths.add(new Route("", encode(pattern, letter), "", null).path(variable -> "x"));
            }
        }
        return paths;
    }

    private static String encode(String path, int at) {
        return path.substring(0, at) + "%%%02x".formatted((int) path.charAt(at)) + path.substring(at + 1);
    }
}
