package dev.anneal.penetration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.penetration.RawHttp.Reply;
import dev.anneal.service.TestFolders;
import dev.anneal.service.access.security.Route;
import dev.anneal.service.access.tenant.Scope;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** Ids and names that are paths, in every variable of every route: no file of the host is read or written. */
class TraversalIT extends AttackTest {

    private static final String ADMIN_KEY = "Authorization: Bearer admin-key-0123456789\r\n";
    private static final String BOUNDARY = "traversal-boundary";
    private static final String MULTIPART = "Content-Type: multipart/form-data; boundary=" + BOUNDARY + "\r\n";
    private static final String PART =
            "--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"data\"\r\n\r\nx\r\n--" + BOUNDARY + "--\r\n";

    @Autowired
    @Qualifier("requestMappingHandlerMapping")
    private RequestMappingHandlerMapping mappings;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "..%2f..%2f..%2f..%2fetc%2fpasswd",
                "%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
                "../../../../../../etc/passwd",
                "..\\..\\..\\etc\\passwd",
                "..%5c..%5c..%5cetc%5cpasswd",
                "%2fetc%2fpasswd",
                "//etc/passwd",
                "x%00.json",
                "..%00/etc/passwd",
                "%c0%ae%c0%ae%c0%afetc%c0%afpasswd",
                "%e0%80%ae%e0%80%ae/etc/passwd",
                "..;/..;/..;/etc/passwd",
                "x;/../etc/passwd",
                "x;jsessionid=1",
                "%252e%252e%252fetc%252fpasswd",
                "..%252f..%252f..%252fetc%252fpasswd",
                "..%ef%bc%8f..%ef%bc%8fetc%ef%bc%8fpasswd",
                "file:%2f%2f%2fetc%2fpasswd",
                "..",
                "%2e%2e",
                "..%2f",
                "%2e",
                "%",
                "%zz",
                "%0d%0aX-Forged:%201"
            })
    void pathInAPathIsNotFollowed(String attack) {
        List<Route> routes = Route.of(mappings).stream()
                .filter(route -> !route.variables().isEmpty())
                .toList();
        assertThat(routes).hasSizeGreaterThan(40);
        for (Route route : routes) {
            for (String attacked : route.variables()) {
                String path = route.path(variable -> variable.equals(attacked) ? attack : "x");
                String line = route.method() + " " + path;

                String key = route.scope() == Scope.ADMIN ? ADMIN_KEY : KEY;
                Reply reply = route.pattern().endsWith("/parts")
                        ? raw(line, key + MULTIPART, PART)
                        : raw(line, key + JSON_TYPE, route.method().equals("POST") ? "{}" : "");
                Reply anonymous = raw(line, JSON_TYPE, "");

                assertRevealsNothing(line, reply);
                assertThat(reply.status()).as(line + "\n" + reply.text()).isIn(400, 404);
                assertThat(reply.isEnvelope()).as(line + "\n" + reply.text()).isTrue();
                assertThat(anonymous.status())
                        .as(line + "\n" + anonymous.text())
                        .isIn(400, 401);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/actuator/..%2f..%2fetc%2fpasswd",
                "/actuator/%2e%2e/%2e%2e/etc/passwd",
                "/actuator/..;/env",
                "/actuator/health/..%2fenv",
                "/actuator/health/..;/env",
                "/actuator/sbom/..%2f..%2fetc%2fpasswd",
                "/actuator/sbom/%2fetc%2fpasswd",
                "/actuator/sbom/file:%2f%2f%2fetc%2fpasswd",
                "/actuator/sbom/%252e%252e%252fetc%252fpasswd",
                "/..%2f..%2fetc%2fpasswd",
                "/../../etc/passwd",
                "//etc/passwd",
                "/etc/passwd",
                "/actuator/health/x%00"
            })
    void neitherIsItOnTheManagementPort(String path) {
        Reply reply = rawToManagement("GET " + path, KEY);

        assertRevealsNothing(path, reply);
        assertThat(reply.status()).as(reply.text()).isIn(400, 401, 404);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../../../../../../../../tmp/anneal-traversal",
                "/tmp/anneal-traversal",
                "..\\\\..\\\\anneal-traversal",
                "C:\\\\anneal-traversal",
                "%2e%2e%2f%2e%2e%2fanneal-traversal",
                "..%2fanneal-traversal",
                "\u0000/tmp/anneal-traversal",
                "....//....//anneal-traversal",
                "anneal-traversal/..",
                "."
            })
    void nameOfAnUploadIsNeverAPath(String name) throws Exception {
        String body = "--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nbatch\r\n--"
                + BOUNDARY
                + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + name + "\"\r\n\r\ncontent\r\n--"
                + BOUNDARY + "--\r\n";

        Reply reply = raw("POST /v1/files", KEY + MULTIPART, body);

        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        String shown = JSON.readTree(reply.text()
                        .substring(reply.text().indexOf('{'), reply.text().lastIndexOf('}') + 1))
                .path("filename")
                .asString();
        assertThat(shown).isNotEmpty().doesNotContain("/", "\\", "\u0000");
        assertThat(Path.of("/tmp/anneal-traversal")).doesNotExist();
        try (var stored = Files.walk(TestFolders.of("home"))) {
            assertThat(stored.map(path -> path.getFileName().toString()))
                    .noneMatch(file -> file.contains("anneal-traversal"));
        }
    }

    private static void assertRevealsNothing(String line, Reply reply) {
        assertThat(reply.text())
                .as(line)
                .doesNotContain("root:", "Exception", "\tat ", new String(new byte[] {0}, StandardCharsets.US_ASCII));
        assertThat(reply.header("X-Forged")).as(line).isNull();
    }
}
