package dev.anneal.service.training.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.openai.client.OpenAIClient;
import com.openai.errors.NotFoundException;
import com.openai.models.finetuning.checkpoints.permissions.PermissionCreateParams;
import com.openai.models.finetuning.checkpoints.permissions.PermissionCreateResponse;
import com.openai.models.finetuning.checkpoints.permissions.PermissionDeleteParams;
import com.openai.models.finetuning.checkpoints.permissions.PermissionListParams;
import com.openai.models.finetuning.checkpoints.permissions.PermissionListResponse;
import dev.anneal.service.ServiceTest;
import dev.anneal.service.platform.database.TestDatabase;
import dev.anneal.service.training.history.Checkpoints;
import dev.anneal.service.training.sharing.VisibleModels;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.dao.DataAccessException;

/** Tuned models shared between two tenants: who sees what, over HTTP and in the database. */
class PermissionsIT extends ServiceTest {

    private static final String PATH = "/v1/fine_tuning/checkpoints/%s/permissions";

    @Autowired
    private Checkpoints checkpoints;

    @Autowired
    private VisibleModels shared;

    private String job = "";
    private String model = "";
    private String checkpoint = "";

    @BeforeEach
    void train() {
        job = queuedJob(ALPHA, file(ALPHA, 10), "");
        playedWorker().steps(1, 4).checkpoint(3).checkpoint(4).finish(4);
        model = job(ALPHA, job).path("fine_tuned_model").asString();
        checkpoint = model + ":ckpt-step-3";
    }

    @Test
    void permissionsAreCreatedListedAndDeletedThroughOpenAisClient() {
        OpenAIClient client = administering(ALPHA);
        List<PermissionCreateResponse> created = client.fineTuning()
                .checkpoints()
                .permissions()
                .create(PermissionCreateParams.builder()
                        .fineTunedModelCheckpoint(checkpoint)
                        .projectIds(List.of("beta", "gamma", "delta"))
                        .build())
                .items();
        assertThat(created).extracting(PermissionCreateResponse::projectId).containsExactly("beta", "gamma", "delta");

        List<PermissionListResponse> listed = client
                .fineTuning()
                .checkpoints()
                .permissions()
                .list(PermissionListParams.builder()
                        .fineTunedModelCheckpoint(checkpoint)
                        .order(PermissionListParams.Order.ASCENDING)
                        .limit(2)
                        .build())
                .autoPager()
                .stream()
                .toList();
        assertThat(listed)
                .extracting(PermissionListResponse::id)
                .containsExactlyElementsOf(
                        created.stream().map(PermissionCreateResponse::id).toList());
        assertThat(data(get(ALPHA, PATH.formatted(checkpoint) + "?project_id=gamma")))
                .isEqualTo(1);
        assertThat(data(get(ALPHA, PATH.formatted(model)))).isZero();

        assertThat(client.fineTuning()
                        .checkpoints()
                        .permissions()
                        .delete(PermissionDeleteParams.builder()
                                .fineTunedModelCheckpoint(checkpoint)
                                .permissionId(created.get(0).id())
                                .build())
                        .deleted())
                .isTrue();
        assertThat(data(get(ALPHA, PATH.formatted(checkpoint)))).isEqualTo(2);
    }

    @Test
    void repeatedGrantAnswersTheSamePermission() {
        String first = json(grant(ALPHA, checkpoint, BETA)).at("/data/0/id").asString();

        assertThat(json(grant(ALPHA, checkpoint, BETA)).at("/data/0/id").asString())
                .isEqualTo(first);
        assertThat(data(get(ALPHA, PATH.formatted(checkpoint)))).isEqualTo(1);
    }

    @Test
    void sharedCheckpointIsSeenByItsNameAloneUntilThePermissionEnds() {
        assertThat(get(BETA, "/v1/models/" + checkpoint).statusCode()).isEqualTo(404);
        String permission =
                json(grant(ALPHA, checkpoint, BETA)).at("/data/0/id").asString();

        assertThat(json(get(BETA, "/v1/models/" + checkpoint)).path("owned_by").asString())
                .isEqualTo(ALPHA);
        assertThat(get(BETA, "/v1/models/" + model).statusCode()).isEqualTo(404);
        assertThat(get(BETA, "/v1/models/" + model + ":ckpt-step-4").statusCode())
                .isEqualTo(404);
        assertThat(get(BETA, "/v1/models").body()).doesNotContain("ft:");
        assertThat(get(BETA, "/v1/fine_tuning/jobs/" + job).statusCode()).isEqualTo(404);
        assertThat(get(BETA, "/v1/fine_tuning/jobs/" + job + "/checkpoints").statusCode())
                .isEqualTo(404);
        assertThat(get(BETA, PATH.formatted(checkpoint)).statusCode()).isEqualTo(404);
        assertThat(delete(BETA, PATH.formatted(checkpoint) + "/" + permission).statusCode())
                .isEqualTo(404);
        assertThat(grant(BETA, checkpoint, "gamma").statusCode()).isEqualTo(404);
        assertThat(delete(BETA, "/v1/models/" + checkpoint).statusCode()).isEqualTo(404);

        assertThat(delete(ALPHA, PATH.formatted(checkpoint) + "/" + permission).statusCode())
                .isEqualTo(200);
        assertThat(get(BETA, "/v1/models/" + checkpoint).statusCode()).isEqualTo(404);
    }

    @Test
    void sharedCheckpointIsEvaluatedButNeitherContinuedNorExported() {
        grant(ALPHA, checkpoint, BETA);
        String file = file(BETA, 10);

        HttpResponse<String> evaluation = post(
                BETA, "/v1/fine_tuning/evaluations", "{'model': '" + checkpoint + "', 'test_file': '" + file + "'}");
        assertThat(evaluation.statusCode()).as(evaluation.body()).isEqualTo(202);
        assertThat(json(evaluation).path("model").asString()).isEqualTo(checkpoint);
        assertThat(post(BETA, "/v1/fine_tuning/evaluations", "{'model': '" + model + "', 'test_file': '" + file + "'}")
                        .statusCode())
                .isEqualTo(400);
        HttpResponse<String> continued = post(
                BETA,
                "/v1/fine_tuning/jobs",
                "{'model': 'anneal-tiny', 'training_file': '" + file + "', 'anneal': {'init_adapter': '" + checkpoint
                        + "'}}");
        assertThat(continued.statusCode()).isEqualTo(400);
        assertThat(continued.body()).contains("no such thing");
        assertThat(post(BETA, "/v1/fine_tuning/jobs/" + job + "/merge", "{}").statusCode())
                .isEqualTo(404);
    }

    @Test
    void deletedModelIsNobodysWhateverWasGranted() {
        grant(ALPHA, model, BETA);
        assertThat(get(BETA, "/v1/models/" + model).statusCode()).isEqualTo(200);

        assertThat(delete(ALPHA, "/v1/models/" + model).statusCode()).isEqualTo(200);

        assertThat(get(BETA, "/v1/models/" + model).statusCode()).isEqualTo(404);
    }

    @Test
    void sharedCheckpointIsNotForgotten() {
        grant(ALPHA, checkpoint, BETA);

        system.run(() -> {
            long number = jdbc.sql("SELECT id FROM job").query(Long.class).single();
            checkpoints.prune(number, 1);
        });

        assertThat(shared.ofOthers(BETA, checkpoint)).isPresent();
        assertThat(openai(ALPHA).fineTuning().jobs().checkpoints().list(job).items())
                .extracting(saved -> saved.stepNumber())
                .contains(3L)
                .doesNotContain(4L);
    }

    @Test
    void badRequestsAreNamed() {
        assertThat(grant(ALPHA, checkpoint, ALPHA).body()).contains("which owns the model");
        assertThat(grant(ALPHA, checkpoint, "No Such Name").body()).contains("lower-case letters");
        assertThat(post(ALPHA, PATH.formatted(checkpoint), "{}").body()).contains("project_ids");
        assertThat(grant(ALPHA, model + ":ckpt-step-99", BETA).statusCode()).isEqualTo(404);
        assertThat(grant(ALPHA, "anneal-tiny", BETA).statusCode()).isEqualTo(404);
        assertThatExceptionOfType(NotFoundException.class)
                .isThrownBy(() -> administering(BETA)
                        .fineTuning()
                        .checkpoints()
                        .permissions()
                        .create(PermissionCreateParams.builder()
                                .fineTunedModelCheckpoint(checkpoint)
                                .addProjectId("beta")
                                .build()));
    }

    @Test
    void tenantCannotGrantItselfAForeignModelEvenByWritingTheRow() {
        String forged = """
                INSERT INTO checkpoint_permission
                    (tenant_id, external_id, created_at, model, tuned_model, checkpoint_id, project_id)
                VALUES (:owner, 'cp_forged', now(), :model, :model, :checkpoint, 'beta')
                """;
        assertThatExceptionOfType(DataAccessException.class)
                .isThrownBy(() -> write(BETA, forged, ALPHA))
                .withStackTraceContaining("row-level security");
        assertThatExceptionOfType(DataAccessException.class)
                .isThrownBy(() -> write("gamma", forged, "gamma"))
                .withStackTraceContaining("checkpoint_permission_is_the_owners");
    }

    private void write(String tenant, String statement, String owner) {
        long saved = TestDatabase.administrator()
                .sql("SELECT id FROM checkpoint WHERE step = 3")
                .query(Long.class)
                .single();
        TestDatabase.tenant()
                .run(
                        tenant,
                        () -> TestDatabase.jdbc()
                                .sql(statement)
                                .param("owner", owner)
                                .param("model", model)
                                .param("checkpoint", saved)
                                .update());
    }

    /** The client asks for an administrator's key here, whatever that is to the service. */
    private OpenAIClient administering(String tenant) {
        return openai(tenant).withOptions(options -> options.adminApiKey(tenant + "-key-0123456789"));
    }

    private HttpResponse<String> grant(String tenant, String name, String project) {
        return post(tenant, PATH.formatted(name), "{'project_ids': ['" + project + "']}");
    }

    private HttpResponse<String> delete(String tenant, String path) {
        return send(request(tenant, path).method("DELETE", HttpRequest.BodyPublishers.noBody()));
    }

    private static int data(HttpResponse<String> list) {
        assertThat(list.statusCode()).as(list.body()).isEqualTo(200);
        return json(list).path("data").size();
    }
}
