package dev.anneal.service.access.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.errors.NotFoundException;
import com.openai.errors.PermissionDeniedException;
import com.openai.errors.UnauthorizedException;
import com.openai.models.admin.organization.adminapikeys.AdminApiKey;
import com.openai.models.admin.organization.adminapikeys.AdminApiKeyCreateParams;
import com.openai.models.admin.organization.projects.Project;
import com.openai.models.admin.organization.projects.ProjectCreateParams;
import com.openai.models.admin.organization.projects.ProjectListParams;
import com.openai.models.admin.organization.projects.ProjectUpdateParams;
import com.openai.models.admin.organization.projects.apikeys.ApiKeyDeleteParams;
import com.openai.models.admin.organization.projects.apikeys.ApiKeyRetrieveParams;
import com.openai.models.admin.organization.projects.apikeys.ProjectApiKey;
import com.openai.services.blocking.admin.OrganizationService;
import dev.anneal.penetration.Penetration;
import dev.anneal.service.access.web.ApiTestBase;
import dev.anneal.service.platform.database.HeldRows;
import dev.anneal.service.platform.database.TestDatabase;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.test.context.TestPropertySource;
import tools.jackson.databind.JsonNode;

/** From the configured key of an administrator to keys of projects, read by OpenAI's client in its strict mode. */
@TestPropertySource(
        properties = {
            "anneal.api-keys=configured:" + AdministrationIT.CONFIGURED,
            "anneal.admin-keys=" + AdministrationIT.BOOTSTRAP
        })
class AdministrationIT extends ApiTestBase {

    static final String BOOTSTRAP = "sk-0123456789abcdef-bootstrap";
    static final String CONFIGURED = "sk-0123456789abcdef-configured";

    @Test
    void projectIsMadeRenamedListedAndArchived() {
        OrganizationService organization = as(BOOTSTRAP);

        Project project = organization
                .projects()
                .create(ProjectCreateParams.builder().name("Team A").build());
        assertThat(project.name()).contains("Team A");
        assertThat(project.status()).contains("active");
        organization
                .projects()
                .update(ProjectUpdateParams.builder()
                        .projectId(project.id())
                        .name("Team B")
                        .build());
        assertThat(organization.projects().retrieve(project.id()).name()).contains("Team B");
        assertThat(ids(organization, false)).containsExactlyInAnyOrder(project.id(), "configured");

        Project archived = organization.projects().archive(project.id());

        assertThat(archived.status()).contains("archived");
        assertThat(archived.archivedAt()).isPresent();
        assertThat(ids(organization, false)).containsExactly("configured");
        assertThat(ids(organization, true)).containsExactlyInAnyOrder(project.id(), "configured");
    }

    /** Nobody could tell whether to ask for it again. */
    @Test
    void projectThatCannotBeShownIsNotMade() throws Exception {
        TestDatabase.administrator()
                .sql("REVOKE SELECT ON tenant FROM anneal_system; GRANT SELECT (id) ON tenant TO anneal_system")
                .update();
        try {
            assertThat(status("/v1/organization/projects", "{\"name\": \"A\", \"id\": \"half\"}"))
                    .isEqualTo(500);
        } finally {
            TestDatabase.administrator()
                    .sql("REVOKE SELECT (id) ON tenant FROM anneal_system; GRANT SELECT ON tenant TO anneal_system")
                    .update();
        }
        assertThat(ids(as(BOOTSTRAP), true)).doesNotContain("half");
    }

    @Test
    void projectThatIsArchivedWhileItIsRenamedKeepsItsName() throws Exception {
        String project = project("team-a");
        String path = "/v1/organization/projects/" + project;
        try (HeldRows archiving = HeldRows.of("SELECT id FROM tenant WHERE id = ? FOR UPDATE", project)) {
            CompletableFuture<Integer> renamed =
                    CompletableFuture.supplyAsync(() -> status(path, "{\"name\": \"Other\"}"));
            archiving.awaitWaiter();
            archiving.execute("UPDATE tenant SET archived_at = now() WHERE id = ?", project);
            archiving.commit();
            assertThat(renamed.join()).isEqualTo(401);
        }
        assertThat(as(BOOTSTRAP).projects().retrieve(project).name()).isNotEqualTo(Optional.of("Other"));
    }

    private int status(String path, String body) {
        try {
            return send(request(path, BOOTSTRAP)
                            .header("content-type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString(body)))
                    .status();
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    @Test
    void keyOfAProjectDoesWhatItsScopesSay() throws Exception {
        String project = project("team-a");

        JsonNode key = create(project, """
                {"name": "reader", "scopes": ["files:read"], "expires_in_seconds": 3600}""");

        String secret = key.get("value").asString();
        assertThat(secret).matches("ank_[0-9A-Za-z]{36}");
        assertThat(key.get("redacted_value").asString()).isEqualTo("ank_..." + secret.substring(secret.length() - 4));
        assertThat(key.get("expires_at").asLong() - key.get("created_at").asLong())
                .isEqualTo(3600);
        assertThat(openAi(secret).files().list().items()).isEmpty();
        assertThatExceptionOfType(PermissionDeniedException.class)
                .isThrownBy(() -> openAi(secret).models().list())
                .withMessageContaining("'models:read' is missing. The credential has: files:read.");
        assertThat(send(request("/v1/files", secret)).header("openai-organization"))
                .isEqualTo("team-a");
    }

    @Penetration
    @Test
    void keyIsShownOnceAndKeptAsAHash() throws Exception {
        String project = project("team-a");
        String secret = create(project, "{\"name\": \"ci\"}").get("value").asString();
        OrganizationService organization = as(BOOTSTRAP);

        ProjectApiKey listed =
                organization.projects().apiKeys().list(project).items().get(0);

        assertThat(listed.name()).isEqualTo("ci");
        assertThat(send(request("/v1/organization/projects/" + project + "/api_keys", BOOTSTRAP))
                        .body())
                .doesNotContain(secret)
                .doesNotContain("\"value\"");
        assertThat(TestDatabase.administrator()
                        .sql("SELECT api_key::text FROM api_key")
                        .query(String.class)
                        .single())
                .doesNotContain(secret.substring(4, 30));
    }

    @Penetration
    @Test
    void deletedKeyNoLongerWorks() throws Exception {
        String project = project("team-a");
        JsonNode key = create(project, "{\"name\": \"ci\"}");
        String id = key.get("id").asString();
        OpenAIClient client = openAi(key.get("value").asString());
        assertThat(client.files().list().items()).isEmpty();
        OrganizationService organization = as(BOOTSTRAP);

        assertThat(organization
                        .projects()
                        .apiKeys()
                        .delete(ApiKeyDeleteParams.builder()
                                .projectId(project)
                                .apiKeyId(id)
                                .build())
                        .deleted())
                .isTrue();

        assertThatExceptionOfType(UnauthorizedException.class)
                .isThrownBy(() -> client.files().list());
        assertThat(organization.projects().apiKeys().list(project).items()).isEmpty();
        assertThatExceptionOfType(NotFoundException.class)
                .isThrownBy(() -> organization
                        .projects()
                        .apiKeys()
                        .retrieve(ApiKeyRetrieveParams.builder()
                                .projectId(project)
                                .apiKeyId(id)
                                .build()));
    }

    @Penetration
    @Test
    void archivedProjectsKeysNoLongerWorkConfiguredOnesIncluded() throws Exception {
        String project = project("team-a");
        String secret = create(project, "{\"name\": \"ci\"}").get("value").asString();
        as(BOOTSTRAP).projects().archive(project);
        as(BOOTSTRAP).projects().archive("configured");

        for (String key : List.of(secret, CONFIGURED)) {
            Answer answer = send(request("/v1/files", key));
            assertThat(answer.status()).isEqualTo(401);
            assertThat(answer.errorCode()).isEqualTo("project_archived");
        }
        Answer refused = send(request("/v1/organization/projects/team-a/api_keys", BOOTSTRAP)
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"name\": \"late\"}")));
        assertThat(refused.errorCode()).isEqualTo("project_archived");
    }

    @Test
    void administratorMakesAnotherOneWhoEndsThere() {
        String secret = as(BOOTSTRAP)
                .adminApiKeys()
                .create(AdminApiKeyCreateParams.builder().name("second").build())
                .value();
        assertThat(secret).matches("anka_[0-9A-Za-z]{36}");

        AdminApiKey second = as(secret).adminApiKeys().list().items().get(0);
        assertThat(second.name()).contains("second");
        assertThat(second.lastUsedAt()).isPresent();
        assertThatExceptionOfType(PermissionDeniedException.class)
                .isThrownBy(() -> openAi(secret).files().list());
        assertThat(as(secret).adminApiKeys().delete(second.id()).deleted()).isTrue();
        assertThatExceptionOfType(UnauthorizedException.class)
                .isThrownBy(() -> as(secret).adminApiKeys().list());
    }

    @Penetration
    @Test
    void keyOfAnotherProjectIsNotFound() throws Exception {
        String id = create(project("team-a"), "{\"name\": \"ci\"}").get("id").asString();
        String other = project("team-b");

        Answer answer = send(request("/v1/organization/projects/" + other + "/api_keys/" + id, BOOTSTRAP));

        assertThat(answer.status()).isEqualTo(404);
        assertThat(send(request("/v1/organization/admin_api_keys/" + id, BOOTSTRAP))
                        .status())
                .isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    projects                  | {}                                          | missing_parameter | name
                    projects                  | {"name": "x", "id": "Team"}                 | invalid_value     | id
                    projects                  | {"name": "x", "id": "team-a"}               | invalid_value     | id
                    projects                  | {"name": "x", "geography": "EU"}            | unknown_parameter | geography
                    projects/team-a/api_keys  | {"name": "x", "scopes": ["all"]}            | invalid_value     | scopes
                    projects/team-a/api_keys  | {"name": "x", "scopes": ["admin"]}          | invalid_value     | scopes
                    projects/team-a/api_keys  | {"name": "x", "scopes": ["installation:write"]} | invalid_value | scopes
                    projects/team-a/api_keys  | {"name": "x", "expires_in_seconds": 0}      | invalid_value     | expires_in_seconds
                    projects/team-c/api_keys  | {"name": "x"}                               | not_found         | project_id
                    admin_api_keys            | {"name": "x", "scopes": ["admin"]}          | unknown_parameter | scopes
                    """)
    void requestsAreReadStrictly(String path, String body, String code, String parameter) throws Exception {
        project("team-a");

        Answer answer = send(request("/v1/organization/" + path, BOOTSTRAP)
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)));

        assertThat(answer.errorCode()).isEqualTo(code);
        assertThat(answer.json().at("/error/param").asString()).isEqualTo(parameter);
    }

    private String project(String id) throws Exception {
        Answer answer = send(request("/v1/organization/projects", BOOTSTRAP)
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"name\": \"Team\", \"id\": \"" + id + "\"}")));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return id;
    }

    private JsonNode create(String project, String body) throws Exception {
        Answer answer = send(request("/v1/organization/projects/" + project + "/api_keys", BOOTSTRAP)
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        return answer.json();
    }

    private HttpRequest.Builder request(String path, String key) {
        return HttpRequest.newBuilder(uri(path)).header("authorization", "Bearer " + key);
    }

    private OrganizationService as(String key) {
        return OpenAIOkHttpClient.builder()
                .baseUrl(uri("/v1").toString())
                .adminApiKey(key)
                .responseValidation(true)
                .build()
                .admin()
                .organization();
    }

    private static List<String> ids(OrganizationService organization, boolean includeArchived) {
        return organization
                .projects()
                .list(ProjectListParams.builder()
                        .includeArchived(includeArchived)
                        .build())
                .items()
                .stream()
                .map(Project::id)
                .toList();
    }
}
