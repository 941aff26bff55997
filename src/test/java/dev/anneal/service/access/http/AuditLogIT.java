package dev.anneal.service.access.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.models.admin.organization.auditlogs.AuditLogListParams;
import com.openai.models.admin.organization.auditlogs.AuditLogListParams.EventType;
import com.openai.models.admin.organization.auditlogs.AuditLogListResponse;
import dev.anneal.service.access.web.ApiTestBase;
import dev.anneal.service.platform.database.TestDatabase;
import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.TestPropertySource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Who has done what, as requests over HTTP leave it in the audit log. */
@TestPropertySource(
        properties = {
            "anneal.api-keys=alpha:" + AuditLogIT.ALPHA,
            "anneal.admin-keys=" + AuditLogIT.ADMIN,
            "anneal.rate-limits.failed-authentications-per-minute=2"
        })
class AuditLogIT extends ApiTestBase {

    static final String ADMIN = "sk-0123456789abcdef-admin";
    static final String ALPHA = "sk-0123456789abcdef-alpha";
    private static final String LOGS = "/v1/organization/audit_logs";
    private static final String PROJECTS = "/v1/organization/projects";

    @Test
    void changesAreLoggedWithWhoAndWhatAndWhere() throws Exception {
        Answer made = upload();
        String file = made.json().path("id").asString();
        call("GET", "/v1/files/" + file, ALPHA, null);
        call("DELETE", "/v1/files/" + file, ALPHA, null);
        call("DELETE", "/v1/files/" + file, ALPHA, null);

        List<JsonNode> entries = written(3);

        assertThat(entries)
                .extracting(AuditLogIT::summary)
                .containsExactly(
                        "file.deleted failed 404 " + file + " alpha",
                        "file.deleted succeeded 200 " + file + " alpha",
                        "file.created succeeded 200 " + file + " alpha");
        JsonNode creation = entries.get(2);
        assertThat(creation.at("/anneal/request_id").asString()).isEqualTo(made.header("x-request-id"));
        assertThat(creation.at("/anneal/trace_id").asString()).isEqualTo("0af7651916cd43dd8448eb211c80319c");
        assertThat(creation.at("/anneal/client_ip").asString()).isIn("127.0.0.1", "0:0:0:0:0:0:0:1");
        assertThat(creation.at("/anneal/actor_kind").asString()).isEqualTo("configured_key");
        assertThat(creation.at("/actor/api_key/id").asString()).startsWith("configured_");
        assertThat(creation.at("/file.created/id").asString()).isEqualTo(file);
    }

    @Test
    void whatIsDeniedIsLoggedButNotEveryGuessOfAnAddressThatIsCutOff() throws Exception {
        assertThat(call("GET", "/v1/files?after=secret-in-the-query", null, null)
                        .status())
                .isEqualTo(401);
        assertThat(call("POST", "/v1/files", "sk-0123456789abcdef-unknown", "{}")
                        .status())
                .isEqualTo(401);
        assertThat(call("GET", "/v1/files", "sk-0123456789abcdef-unknown", null).status())
                .isEqualTo(429);
        assertThat(call("GET", "/v1/files", ADMIN, null).status()).isEqualTo(403);
        assertThat(call("POST", PROJECTS, ALPHA, "{}").status()).isEqualTo(403);

        assertThat(written(4))
                .extracting(AuditLogIT::summary)
                .containsExactly(
                        "project.created denied 403  alpha",
                        "file.read denied 403  ",
                        "login.failed denied 401  ",
                        "login.failed denied 401  ");
    }

    @Test
    void administrationIsLoggedWithoutSecretsAndReadByOpenAisStrictClient() throws Exception {
        call("POST", PROJECTS, ADMIN, "{\"name\": \"Team A\", \"id\": \"team-a\"}");
        JsonNode key = call("POST", PROJECTS + "/team-a/api_keys", ADMIN, "{\"name\": \"confidential\"}")
                .json();
        String keyId = key.path("id").asString();
        call("DELETE", PROJECTS + "/team-a/api_keys/" + keyId, ADMIN, null);
        call("POST", PROJECTS + "/team-a/archive", ADMIN, null);
        call("POST", "/v1/organization/admin_api_keys", ADMIN, "{\"name\": \"second\"}");

        assertThat(written(5))
                .extracting(AuditLogIT::summary)
                .element(1)
                .isEqualTo("project.archived succeeded 200 team-a team-a");
        assertThat(read(AuditLogListParams.builder().addProjectId("team-a").build()))
                .extracting(entry -> entry.type().toString())
                .containsExactly("project.archived", "api_key.deleted", "api_key.created", "project.created");
        assertThat(read(AuditLogListParams.builder()
                        .addEventType(EventType.API_KEY_CREATED)
                        .addResourceId(keyId)
                        .build()))
                .singleElement()
                .satisfies(entry ->
                        assertThat(entry.apiKeyCreated().orElseThrow().id()).contains(keyId));
        assertThat(TestDatabase.administrator()
                        .sql("SELECT audit_log::text FROM audit_log")
                        .query(String.class)
                        .list())
                .noneMatch(row -> row.contains(key.path("value").asString().substring(4))
                        || row.contains("confidential")
                        || row.contains(ADMIN));
    }

    @Test
    void filtersAndPagesAndLinesShowTheSame() throws Exception {
        for (int n = 0; n < 5; n++) {
            upload();
        }
        List<String> all = ids(written(5));

        List<String> paged = new ArrayList<>();
        JsonNode page = logs("?limit=2");
        paged.addAll(ids(page.path("data")));
        while (page.path("has_more").asBoolean()) {
            page = logs("?limit=2&after=" + page.path("last_id").asString());
            paged.addAll(ids(page.path("data")));
        }
        assertThat(paged).isEqualTo(all);
        assertThat(ids(logs("?order=asc").path("data")))
                .containsExactlyInAnyOrderElementsOf(all)
                .isSorted();

        Answer lines = call("GET", LOGS + "?format=jsonl&event_types[]=file.created", ADMIN, null);
        assertThat(lines.body()
                        .lines()
                        .map(line ->
                                JsonMapper.shared().readTree(line).path("id").asString()))
                .containsExactlyInAnyOrderElementsOf(all)
                .isSorted();
        long now = System.currentTimeMillis() / 1000;
        assertThat(logs("?effective_at[gt]=" + (now + 60)).path("data")).isEmpty();
        assertThat(logs("?effective_at[gte]=" + (now - 60) + "&effective_at[lt]=" + (now + 60))
                        .path("data"))
                .hasSize(5);
        assertThat(logs("?actor_ids[]=nobody").path("data")).isEmpty();
    }

    @Test
    void whatIsNotUnderstoodIsRefused() throws Exception {
        for (String query : List.of(
                "before=audit_log-1",
                "actor_emails[]=a@b.c",
                "effective_at[gt]=now",
                "effective_at[since]=1",
                "event_types[first]=project.created",
                "format=xml",
                "after=audit_log-x")) {
            assertThat(call("GET", LOGS + "?" + query, ADMIN, null).status())
                    .as(query)
                    .isEqualTo(400);
        }
        assertThat(call("GET", LOGS, ALPHA, null).status()).isEqualTo(403);
        assertThat(written(1).get(0).path("type").asString()).isEqualTo("audit_log.read");
    }

    private List<AuditLogListResponse> read(AuditLogListParams params) {
        return OpenAIOkHttpClient.builder()
                .baseUrl(uri("/v1").toString())
                .apiKey("none")
                .adminApiKey(ADMIN)
                .responseValidation(true)
                .build()
                .admin()
                .organization()
                .auditLogs()
                .list(params)
                .autoPager()
                .stream()
                .toList();
    }

    /** All entries, newest first, once there are as many. */
    private List<JsonNode> written(int count) throws Exception {
        List<JsonNode> entries = List.of();
        for (int tries = 0; tries < 500 && entries.size() < count; tries++) {
            Thread.sleep(20);
            entries = list(logs("").path("data"));
        }
        assertThat(entries).hasSize(count);
        return entries;
    }

    private JsonNode logs(String query) throws Exception {
        return call("GET", LOGS + query, ADMIN, null).json();
    }

    private Answer upload() throws Exception {
        String body = """
                --b
                Content-Disposition: form-data; name="purpose"

                fine-tune
                --b
                Content-Disposition: form-data; name="file"; filename="rows.jsonl"

                {}
                --b--
                """.replace("\n", "\r\n");
        return send(HttpRequest.newBuilder(uri("/v1/files"))
                .header("Authorization", "Bearer " + ALPHA)
                .header("content-type", "multipart/form-data; boundary=b")
                .header("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private Answer call(String method, String path, @Nullable String key, @Nullable String body) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        uri(path.replace("[", "%5B").replace("]", "%5D")))
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
        if (body != null) {
            request.header("content-type", "application/json");
        }
        return send(key == null ? request : request.header("Authorization", "Bearer " + key));
    }

    private static String summary(JsonNode entry) {
        return "%s %s %s %s %s"
                .formatted(
                        entry.path("type").asString(),
                        entry.at("/anneal/outcome").asString(),
                        entry.at("/anneal/status").asString(),
                        entry.at("/anneal/object").asString(""),
                        entry.at("/project/id").asString(""));
    }

    private static List<String> ids(Iterable<JsonNode> entries) {
        return StreamSupport.stream(entries.spliterator(), false)
                .map(entry -> entry.path("id").asString())
                .toList();
    }

    private static List<JsonNode> list(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).toList();
    }
}
