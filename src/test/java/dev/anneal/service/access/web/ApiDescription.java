package dev.anneal.service.access.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.springframework.core.io.ClassPathResource;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The checked-in description of the API, and whether an answer is as it says. */
public final class ApiDescription {

    private static final JsonNode DOCUMENT = read();
    private static final JsonSchema SCHEMA = new JsonSchema(DOCUMENT);
    private static final Set<String> METHODS = Set.of("get", "post", "delete");

    private ApiDescription() {}

    private static JsonNode read() {
        try {
            return JsonMapper.shared()
                    .valueToTree(new Yaml().load(new ClassPathResource("openapi.yaml").getInputStream()));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** All operations as {@code GET /v1/files/{}}. */
    public static Set<String> operations() {
        Set<String> operations = new TreeSet<>();
        for (Map.Entry<String, JsonNode> path : DOCUMENT.get("paths").properties()) {
            for (Map.Entry<String, JsonNode> method : path.getValue().properties()) {
                if (METHODS.contains(method.getKey())) {
                    operations.add(method.getKey().toUpperCase(Locale.ROOT) + " " + withoutNames(path.getKey()));
                }
            }
        }
        return operations;
    }

    /** The path with its parameters unnamed. */
    public static String withoutNames(String path) {
        return path.replaceAll("\\{[^}]*}", "{}");
    }

    /** Fails if the answer has a status, type or body that the description does not give to the operation. */
    public static void assertDescribes(HttpResponse<String> answer) {
        String method = answer.request().method();
        String rawPath = answer.request().uri().getRawPath();
        int status = answer.statusCode();
        String contentType = answer.headers().firstValue("content-type").orElse("");
        String body = answer.body();
        Optional<JsonNode> path = path(rawPath);
        String operation = method + " " + rawPath + " -> " + status;
        if (path.isEmpty() || !path.get().has(method.toLowerCase(Locale.ROOT))) {
            assertThat(status).as(operation + " is not described").isIn(400, 401, 403, 404, 405);
            assertBody(DOCUMENT.at("/components/responses/Error"), contentType, body, operation);
            return;
        }
        JsonNode responses = path.get().get(method.toLowerCase(Locale.ROOT)).get("responses");
        JsonNode response = responses.path(Integer.toString(status));
        if (response.isMissingNode()) {
            assertThat(status).as(operation + " is not described").isGreaterThanOrEqualTo(300);
            response = DOCUMENT.at("/components/responses/Error");
        }
        assertBody(response, contentType, body, operation);
    }

    private static void assertBody(JsonNode response, String contentType, String body, String operation) {
        if (!response.has("content")) {
            assertThat(body).as(operation).isEmpty();
            return;
        }
        String type = contentType.replaceAll(";.*", "").strip();
        JsonNode content = response.path("content").path(type);
        assertThat(content.isMissingNode())
                .as(operation + " with content type " + type + " is not described")
                .isFalse();
        if (type.equals("application/json")) {
            assertThat(SCHEMA.faults(content.get("schema"), JsonMapper.shared().readTree(body), "$"))
                    .as(operation + " answered " + body)
                    .isEmpty();
        }
    }

    private static Optional<JsonNode> path(String rawPath) {
        return DOCUMENT.get("paths").properties().stream()
                .filter(path -> matches(path.getKey(), rawPath))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    /** A model's id is the only parameter in which a slash may stand. */
    private static boolean matches(String template, String rawPath) {
        String[] parts = template.split("\\{[^}]*}", -1);
        StringBuilder expression = new StringBuilder(Pattern.quote(parts[0]));
        for (int i = 1; i < parts.length; i++) {
            expression
                    .append(template.startsWith("/v1/models/") ? ".+" : "[^/]+")
                    .append(Pattern.quote(parts[i]));
        }
        return rawPath.matches(expression.toString());
    }
}
