package dev.anneal.service.access.security;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.engine.network.peft.QueryAdapter;
import dev.anneal.penetration.Penetration;
import dev.anneal.service.ServiceTest;
import dev.anneal.service.access.tenant.Scope;
import dev.anneal.service.files.FilePurpose;
import dev.anneal.service.platform.database.TestDatabase;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.test.context.TestPropertySource;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/**
 * To one tenant nothing exists that another one owns, on any route with an id. A new route with an id fails this test
 * until {@link #owned} says what of its kind the other tenant has.
 */
@TestPropertySource(properties = {"anneal.outbound.allowed-addresses=127.0.0.1", "anneal.background.poll-interval=1h"})
@Penetration
class ForeignIdsIT extends ServiceTest {

    private static final String JOBS = "/v1/fine_tuning/jobs";
    private static final String PART =
            "--b\r\nContent-Disposition: form-data; name=\"data\"; filename=\"part\"\r\n\r\nx\r\n--b--\r\n";

    @Autowired
    @Qualifier("requestMappingHandlerMapping")
    private RequestMappingHandlerMapping mappings;

    /** What alpha owns: the beginning of paths, and what each of their variables may be. */
    private Map<String, Map<String, String>> owned = Map.of();

    private String file = "";

    @BeforeEach
    void thingsOfAlpha() throws IOException {
        file = file(ALPHA, 20);
        String webhook = id(post(
                ALPHA,
                "/v1/webhook_endpoints",
                "{'name': 'ci', 'url': 'http://127.0.0.1:9/', 'event_types': ['fine_tuning.job.succeeded']}"));
        String job = queuedJob(ALPHA, file, "");
        playedWorker().finish(0);
        String model = job(ALPHA, job).path("fine_tuned_model").asString();
        String export = id(post(ALPHA, JOBS + "/" + job + "/merge", ""));
        String adapterExport = id(post(
                ALPHA,
                "/v1/fine_tuning/exports",
                "{'adapter': '" + adapter() + "', 'model': 'anneal-tiny', 'kind': 'merged'}"));
        String evaluation = id(
                post(ALPHA, "/v1/fine_tuning/evaluations", "{'model': '" + model + "', 'test_file': '" + file + "'}"));
        String upload = id(post(
                ALPHA,
                "/v1/uploads",
                "{'filename': 'a.jsonl', 'purpose': 'fine-tune', 'bytes': 9, 'mime_type': 'application/jsonl'}"));
        String permissions = "/v1/fine_tuning/checkpoints/" + model + "/permissions";
        owned = Map.of(
                "/v1/files/",
                Map.of("fileId", file),
                "/v1/models/",
                Map.of("id", model, "organisation", "org", "name", "name"),
                JOBS + "/",
                Map.of("id", job, "jobId", job, "exportId", export, "pushId", push(export), "name", "config.json"),
                "/v1/fine_tuning/exports/",
                Map.of("exportId", adapterExport, "pushId", push(adapterExport), "name", "config.json"),
                "/v1/fine_tuning/evaluations/",
                Map.of("id", evaluation),
                "/v1/fine_tuning/checkpoints/",
                Map.of("model", model, "permissionId", firstOf(post(ALPHA, permissions, "{'project_ids': ['gamma']}"))),
                "/v1/uploads/",
                Map.of("uploadId", upload),
                "/v1/webhook_endpoints/",
                Map.of(
                        "id",
                        webhook,
                        "deliveryId",
                        firstOf(get(ALPHA, "/v1/webhook_endpoints/" + webhook + "/deliveries"))));
    }

    @Test
    void nothingOfAnotherTenantExists() {
        List<Route> routes = routesWithIds();
        assertThat(routes).hasSizeGreaterThan(40);
        for (Route route : routes) {
            HttpResponse<String> foreign = send(request(BETA, route, variable -> owned(route, variable)));
            HttpResponse<String> unknown = send(request(BETA, route, variable -> "x"));

            assertThat(foreign.statusCode()).as(route + " " + foreign.body()).isEqualTo(404);
            assertThat(json(foreign).at("/error/code").asString())
                    .as("whether it exists elsewhere is not told either")
                    .isEqualTo(json(unknown).at("/error/code").asString())
                    .isNotEmpty();
        }
        ownerStillFindsAll(routes);
    }

    private void ownerStillFindsAll(List<Route> routes) {
        for (Route route : routes) {
            // An export that is waited for has no files yet, and no base model is called org/name.
            boolean isMissing = route.variables().contains("name");
            if (route.method().equals("GET") && !isMissing) {
                HttpResponse<String> own = send(request(ALPHA, route, variable -> owned(route, variable)));
                assertThat(own.statusCode()).as(route + " " + own.body()).isNotIn(401, 403, 404);
            }
        }
    }

    @Test
    void listsShowNothingOfOthers() {
        List<Route> lists = Route.of(mappings).stream()
                .filter(route ->
                        route.method().equals("GET") && route.variables().isEmpty() && route.scope() != Scope.ADMIN)
                .toList();
        assertThat(lists).hasSizeGreaterThan(5);
        List<String> ids = owned.values().stream()
                .flatMap(of -> of.values().stream())
                .filter(id -> id.length() > 20)
                .toList();
        for (Route list : lists) {
            HttpResponse<String> answer = get(BETA, list.path(variable -> ""));

            assertThat(answer.statusCode()).as(list.toString()).isEqualTo(200);
            assertThat(ids).as(list.toString()).noneMatch(answer.body()::contains);
        }
        assertThat(get(ALPHA, "/v1/files").body()).contains(file);
    }

    @Test
    void idsInBodiesAreLookedUpAmongOnesOwn() {
        Map<String, String> bodies = Map.of(
                JOBS,
                "{'model': 'anneal-tiny', 'training_file': '" + file + "'}",
                "/v1/fine_tuning/estimate",
                "{'model': 'anneal-tiny', 'training_file': '" + file + "'}",
                "/v1/fine_tuning/evaluations",
                "{'model': 'anneal-tiny', 'test_file': '" + file + "'}",
                "/v1/fine_tuning/exports",
                "{'adapter': '" + file + "', 'model': 'anneal-tiny', 'kind': 'merged'}");
        bodies.forEach((path, body) -> {
            HttpResponse<String> answer = post(BETA, path, body);
            HttpResponse<String> unknown = post(BETA, path, body.replace(file, "file-unknown"));

            assertThat(answer.statusCode()).as(path + " " + answer.body()).isIn(400, 404);
            assertThat(answer.body().replace(file, "file-unknown")).isEqualTo(unknown.body());
        });
    }

    /** All routes with an id, but those of administrators and of base models, whose ids are everybody's. */
    private List<Route> routesWithIds() {
        return Route.of(mappings).stream()
                .filter(route -> !route.variables().isEmpty() && route.scope() != Scope.ADMIN)
                .filter(route -> !route.pattern().startsWith("/v1/anneal/base_models/"))
                .toList();
    }

    private String owned(Route route, String variable) {
        return owned.entrySet().stream()
                .filter(entry -> route.pattern().startsWith(entry.getKey()))
                .map(entry -> entry.getValue().get(variable))
                .filter(Objects::nonNull)
                .findFirst()
                .orElseThrow(() -> new AssertionError("say what of its kind alpha owns: " + route));
    }

    private HttpRequest.Builder request(String tenant, Route route, UnaryOperator<String> value) {
        HttpRequest.Builder request = request(tenant, route.path(value));
        if (!route.method().equals("POST")) {
            return request.method(route.method(), HttpRequest.BodyPublishers.noBody());
        }
        boolean isPart = route.pattern().endsWith("/parts");
        return request.header("content-type", isPart ? "multipart/form-data; boundary=b" : "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(isPart ? PART : body(route.pattern())));
    }

    /** Without a fault of its own: routes may look at the body before they look for the id. */
    private static String body(String pattern) {
        Map<String, String> bodies = Map.of(
                "exports", "{\"kind\": \"merged\"}",
                "complete", "{\"part_ids\": [\"part_x\"]}",
                "permissions", "{\"project_ids\": [\"gamma\"]}",
                "push", "{\"repo_id\": \"acme/tiny\"}");
        return bodies.getOrDefault(pattern.substring(pattern.lastIndexOf('/') + 1), "{}");
    }

    private static String firstOf(HttpResponse<String> list) {
        assertThat(json(list).path("data")).as(list.body()).isNotEmpty();
        return json(list).at("/data/0/id").asString();
    }

    private static String id(HttpResponse<String> made) {
        assertThat(made.statusCode()).as(made.body()).isIn(200, 202);
        return json(made).path("id").asString();
    }

    private static String push(String export) {
        return TestDatabase.administrator()
                .sql("""
                        INSERT INTO hub_push (tenant_id, external_id, export_id, repo, private, revision, commit_message)
                        SELECT tenant_id, 'ftpush-of-' || external_id, id, 'acme/tiny', true, 'main', 'First'
                        FROM export
                        WHERE external_id = :export
                        RETURNING external_id
                        """)
                .param("export", export)
                .query(String.class)
                .single();
    }

    private String adapter() throws IOException {
        return stored(ALPHA, "adapter.tar", FilePurpose.USER_DATA, QueryAdapter.archive(QueryAdapter.WIDTH));
    }
}
