package dev.anneal.service.access.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.springframework.core.io.ClassPathResource;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The checked-in description of the API, and whether an answer is as it says. */
public final class ApiDescription {

    private static final JsonNode DOCUMENT = read();
    private static final JsonSchema SCHEMA = new JsonSchema(DOCUMENT, false);
    private static final JsonSchema REQUESTS = new JsonSchema(DOCUMENT, true);
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

    /**
     * A schema, with what it refers to in its place.
     *
     * @param path as {@code Rollouts/properties/top_k}
     */
    public static JsonNode schema(String path) {
        return resolved(DOCUMENT.at("/components/schemas/" + path));
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

    /**
     * A parameter of an operation that need not be sent.
     *
     * @param operation as {@code GET /v1/files}
     * @param parameter as the description has it
     */
    public record OptionalParameter(String operation, JsonNode parameter) {}

    /** All of them. */
    public static List<OptionalParameter> optionalParameters() {
        List<OptionalParameter> all = new ArrayList<>();
        forEachOperation((name, path, operation) -> {
            for (JsonNode parameters : List.of(path.path("parameters"), operation.path("parameters"))) {
                parameters.forEach(parameter -> all.add(new OptionalParameter(name, resolved(parameter))));
            }
        });
        all.removeIf(each -> each.parameter().path("required").asBoolean(false));
        return all;
    }

    /**
     * An example of a request's body.
     *
     * @param operation as {@code POST /v1/files}
     * @param description what it says of itself, or an empty text
     * @param faults what is wrong with it, by the schema of the request
     */
    public record BodyExample(String operation, String description, JsonNode value, List<String> faults) {

        @Override
        public String toString() {
            return operation + " " + value;
        }
    }

    /**
     * All examples of JSON bodies, in the order of the description; one without a value where an operation with a body
     * has none.
     */
    public static List<BodyExample> bodyExamples() {
        List<BodyExample> all = new ArrayList<>();
        forEachOperation((name, path, operation) -> {
            JsonNode content = operation.at("/requestBody/content").path("application/json");
            if (content.has("examples")) {
                content.get("examples")
                        .forEach(example -> all.add(
                                bodyExample(name, content, resolved(example).get("value"), resolved(example))));
            } else if (!content.isMissingNode()) {
                all.add(bodyExample(name, content, content.path("example"), content));
            }
        });
        return all;
    }

    private static BodyExample bodyExample(String operation, JsonNode content, JsonNode value, JsonNode example) {
        return new BodyExample(
                operation,
                example.path("description").asString(""),
                value,
                REQUESTS.faults(content.get("schema"), value, "$"));
    }

    /** The fields of forms as {@code POST /v1/files purpose}, with their schemas. */
    public static Map<String, JsonNode> formFields() {
        Map<String, JsonNode> fields = new TreeMap<>();
        forEachOperation((name, path, operation) -> operation
                .at("/requestBody/content/multipart~1form-data/schema/properties")
                .properties()
                .forEach(field -> fields.put(name + " " + field.getKey(), field.getValue())));
        return fields;
    }

    /** What is wrong with the value, by the schema of a request. */
    public static List<String> faultsOfRequest(JsonNode schema, JsonNode value) {
        return REQUESTS.faults(schema, value, "$");
    }

    /** Something to do with the name of an operation, its path's description and its own. */
    private interface OperationVisitor {
        void visit(String name, JsonNode path, JsonNode operation);
    }

    private static void forEachOperation(OperationVisitor visitor) {
        DOCUMENT.get("paths")
                .properties()
                .forEach(path -> path.getValue().properties().forEach(method -> {
                    if (METHODS.contains(method.getKey())) {
                        visitor.visit(
                                method.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey(),
                                path.getValue(),
                                method.getValue());
                    }
                }));
    }

    private static JsonNode resolved(JsonNode node) {
        return node.has("$ref") ? DOCUMENT.at(node.get("$ref").asString().substring(1)) : node;
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

    /** Of several that match, the one that says most about the path. */
    private static Optional<JsonNode> path(String rawPath) {
        return DOCUMENT.get("paths").properties().stream()
                .filter(path -> matches(path.getKey(), rawPath))
                .max(Comparator.comparingInt(path -> withoutNames(path.getKey()).length()))
                .map(Map.Entry::getValue);
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
