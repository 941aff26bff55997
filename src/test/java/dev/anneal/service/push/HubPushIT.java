package dev.anneal.service.push;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.ServiceTest;
import dev.anneal.service.database.TestDatabase;
import dev.anneal.service.export.ExportJournal;
import dev.anneal.service.storage.ArtifactStore;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import tools.jackson.databind.JsonNode;

/** An export goes to a Hub over HTTP, large files by LFS, and all of it in one commit. */
class HubPushIT extends ServiceTest {

    private static final PushServer HUB = new PushServer();
    private static final String OID = ExportToPush.sha256(weights());

    @Autowired
    private ExportJournal exports;

    @Autowired
    private ArtifactStore store;

    private String path = "";

    @DynamicPropertySource
    static void hub(DynamicPropertyRegistry properties) {
        properties.add("anneal.hub.endpoint", HUB::uri);
        properties.add("anneal.hub.push-token", () -> PushServer.TOKEN);
        properties.add("anneal.hub.push-repos", () -> "acme/*");
        properties.add("anneal.hub.push-retry-delays", () -> "10ms,10ms");
        properties.add("anneal.outbound.allowed-addresses", () -> "127.0.0.1");
    }

    private static byte[] weights() {
        return Objects.requireNonNull(ExportToPush.files().get(ExportToPush.WEIGHTS));
    }

    @BeforeEach
    void export() throws IOException {
        HUB.forget();
        String job = queuedJob(ALPHA, file(ALPHA, 20), "");
        playedWorker().finish(0);
        String jobPath = "/v1/fine_tuning/jobs/" + job;
        String export = json(post(ALPHA, jobPath + "/merge", "")).path("id").asString();
        path = jobPath + "/exports/" + export + "/push";
        ExportToPush.make(leases, exports, store, ALPHA, job, "exports", export);
    }

    @Test
    void filesGoIntoOneCommit() {
        JsonNode pushed = push("{'repo_id': 'acme/tiny', 'commit_message': 'First'}");

        assertThat(pushed.path("status").asString()).as(pushed.toString()).isEqualTo("succeeded");
        assertThat(pushed.at("/commit/sha").asString()).isEqualTo(PushServer.COMMIT);
        assertThat(pushed.at("/commit/url").asString()).endsWith("/acme/tiny/commit/" + PushServer.COMMIT);
        assertThat(HUB.isPrivate("acme/tiny")).isTrue();
        assertThat(HUB.object(OID)).isEqualTo(weights());
        List<JsonNode> commit = HUB.commit();
        assertThat(commit)
                .extracting(line -> line.path("key").asString())
                .containsExactly("header", "file", "file", "lfsFile");
        assertThat(commit.get(0).at("/value/summary").asString()).isEqualTo("First");
        assertThat(Base64.getDecoder().decode(commit.get(1).at("/value/content").asString()))
                .isEqualTo(ExportToPush.files().get("config.json"));
        assertThat(commit.get(3).at("/value/oid").asString()).isEqualTo(OID);
        assertThat(HUB.seen("storage"))
                .allSatisfy(each -> assertThat(each.authorization()).isNull());
        assertThat(auditedActions()).contains("export.pushed");
    }

    @Test
    void largeFileGoesInPartsIfTheHubWantsIt() {
        HUB.wantsParts = true;

        JsonNode pushed = push("{'repo_id': 'acme/tiny', 'private': false, 'revision': 'v1/x'}");

        assertThat(pushed.path("status").asString()).as(pushed.toString()).isEqualTo("succeeded");
        assertThat(HUB.isPrivate("acme/tiny")).isFalse();
        assertThat(HUB.seen("storage")).hasSize(3);
        assertThat(HUB.object(OID)).isEqualTo(weights());
        assertThat(HUB.seen("hub"))
                .anySatisfy(each -> assertThat(each.path()).isEqualTo("/api/models/acme/tiny/commit/v1/x"));
    }

    @Test
    void secondPushSendsNoBytesAgain() {
        push("{'repo_id': 'acme/tiny'}");
        int sent = HUB.seen("storage").size();

        JsonNode second = push("{'repo_id': 'acme/tiny'}");

        assertThat(second.path("status").asString()).isEqualTo("succeeded");
        assertThat(HUB.seen("storage")).hasSize(sent);
        assertThat(HUB.commit()).hasSize(4);
        assertThat(json(get(ALPHA, path)).path("data")).hasSize(2);
        assertThat(json(get(ALPHA, path + "?limit=1&after=" + second.path("id").asString()))
                        .path("data"))
                .hasSize(1);
    }

    @Test
    void whatTheOperatorDoesNotAllowIsRefused() {
        HttpResponse<String> other = post(ALPHA, path, "{'repo_id': 'other/tiny'}");
        assertThat(other.statusCode()).isEqualTo(403);
        assertThat(other.body()).contains("hub_repo_not_allowed", "acme/*").doesNotContain(PushServer.TOKEN);
        for (String body : List.of(
                "{}",
                "{'repo_id': 'tiny'}",
                "{'repo_id': 'acme/../x'}",
                "{'repo_id': 'acme/tiny', 'revision': '../x'}",
                "{'repo_id': 'acme/tiny', 'token': 'x'}")) {
            assertThat(post(ALPHA, path, body).statusCode()).as(body).isEqualTo(400);
        }
        assertThat(HUB.seen("hub")).isEmpty();
    }

    @Test
    void hubThatRefusesIsNotAskedAgain() {
        for (int status : List.of(401, 403)) {
            HUB.forget();
            HUB.status = status;
            HUB.failures.set(2);

            JsonNode pushed = push("{'repo_id': 'acme/tiny'}");

            assertThat(pushed.path("status").asString()).isEqualTo("failed");
            assertThat(pushed.at("/error/code").asString()).isEqualTo("hub_refused");
            assertThat(pushed.at("/error/message").asString())
                    .contains("status " + status, "anneal.hub.push-token")
                    .doesNotContain(PushServer.TOKEN);
            assertThat(HUB.seen("hub")).hasSizeLessThan(3);
        }
    }

    @Test
    void hubThatFailsIsAskedAgainAndThenNoMore() {
        HUB.status = 500;
        HUB.failures.set(1);
        assertThat(push("{'repo_id': 'acme/tiny'}").path("status").asString()).isEqualTo("succeeded");

        HUB.failures.set(1000);
        JsonNode failed = push("{'repo_id': 'acme/tiny'}");

        assertThat(failed.path("status").asString()).isEqualTo("failed");
        assertThat(failed.at("/error/code").asString()).isEqualTo("hub_unreachable");
        assertThat(HUB.failures.get()).isEqualTo(997);
    }

    @Test
    void privatePushDoesNotLandInAPublicRepository() {
        HUB.repository("acme/tiny", false);

        JsonNode pushed = push("{'repo_id': 'acme/tiny'}");

        assertThat(pushed.at("/error/code").asString()).isEqualTo("hub_repo_is_public");
        assertThat(HUB.seen("storage")).isEmpty();
    }

    @Test
    void exportOfAnotherTenantIsNotThere() {
        push("{'repo_id': 'acme/tiny'}");

        assertThat(post(BETA, path, "{'repo_id': 'acme/tiny'}").statusCode()).isEqualTo(404);
        assertThat(get(BETA, path).statusCode()).isEqualTo(404);
        int seen = TestDatabase.tenant()
                .call(
                        BETA,
                        jdbc -> jdbc.sql("SELECT count(*) FROM hub_push")
                                .query(Integer.class)
                                .single());
        assertThat(seen).isZero();
    }

    private JsonNode push(String body) {
        HttpResponse<String> answer = post(ALPHA, path, body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        String id = json(answer).path("id").asString();
        return awaitValue(
                () -> newest(id),
                push -> List.of("succeeded", "failed")
                        .contains(push.path("status").asString()));
    }

    private JsonNode newest(String id) {
        JsonNode push = json(get(ALPHA, path)).at("/data/0");
        assertThat(push.path("id").asString()).isEqualTo(id);
        return push;
    }

    private static List<String> auditedActions() {
        return TestDatabase.administrator()
                .sql("SELECT action FROM audit_log")
                .query(String.class)
                .list();
    }
}
