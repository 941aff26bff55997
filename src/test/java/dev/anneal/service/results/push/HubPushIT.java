package dev.anneal.service.results.push;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.anneal.engine.network.peft.QueryAdapter;
import dev.anneal.service.ServiceTest;
import dev.anneal.service.files.FilePurpose;
import dev.anneal.service.models.hub.ContentHash;
import dev.anneal.service.platform.database.TestDatabase;
import dev.anneal.service.results.export.ExportJournal;
import dev.anneal.service.storage.ArtifactKey;
import dev.anneal.service.storage.ArtifactStore;
import dev.anneal.service.storage.StoreMarker;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.core.env.Environment;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import tools.jackson.databind.JsonNode;

/** An export goes to a Hub over HTTP, large files by LFS, and all of it in one commit. */
class HubPushIT extends ServiceTest {

    private static final PushServer HUB = new PushServer();
    private static final String OID = ContentHash.sha256(weights());

    @Autowired
    private ExportJournal exports;

    @Autowired
    private ArtifactStore store;

    @Autowired
    private PushRunner runner;

    @Autowired
    private Environment environment;

    private String path = "";
    private ArtifactKey exported = new ArtifactKey(ALPHA);

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
        exported = new ArtifactKey(String.join("/", ALPHA, job, "exports", export));
        ExportToPush.make(leases, exports, store, ALPHA, job, "exports", export);
    }

    @Test
    void filesGoIntoOneCommit() {
        JsonNode pushed = push("{'repo_id': 'acme/tiny', 'commit_message': 'First'}");

        assertThat(pushed.path("status").asString()).as(pushed.toString()).isEqualTo("succeeded");
        String sha = HUB.repositories.sha("acme/tiny", "main");
        assertThat(pushed.at("/commit/sha").asString()).isEqualTo(sha);
        assertThat(pushed.at("/commit/url").asString()).isEqualTo(HUB.uri() + "/acme/tiny/commit/" + sha);
        assertThat(HUB.repositories.isPrivate("acme/tiny")).isTrue();
        assertThat(HUB.object(OID)).isEqualTo(weights());
        List<JsonNode> commit = newestCommit();
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
        HUB.repositories.make("acme/tiny", false);
        HUB.repositories.branch("acme/tiny", "v1/x");

        JsonNode pushed = push("{'repo_id': 'acme/tiny', 'private': false, 'revision': 'v1/x'}");

        assertThat(pushed.path("status").asString()).as(pushed.toString()).isEqualTo("succeeded");
        assertThat(HUB.seen("storage")).hasSize(3);
        assertThat(HUB.object(OID)).isEqualTo(weights());
        assertThat(HUB.commits())
                .extracting(PushServer.Seen::path)
                .containsExactly("/api/models/acme/tiny/commit/v1%2Fx");
        assertThat(pushed.at("/commit/sha").asString()).isEqualTo(HUB.repositories.sha("acme/tiny", "v1/x"));
    }

    @Test
    void secondPushSendsNoBytesAgainAndMakesNoCommit() {
        JsonNode first = push("{'repo_id': 'acme/tiny'}");
        int sent = HUB.seen("storage").size();

        JsonNode second = push("{'repo_id': 'acme/tiny'}");

        assertThat(second.path("status").asString()).isEqualTo("succeeded");
        assertThat(second.path("commit")).isEqualTo(first.path("commit"));
        assertThat(HUB.seen("storage")).hasSize(sent);
        assertThat(HUB.commits()).hasSize(1);
        assertThat(json(get(ALPHA, path)).at("/data/0")).isEqualTo(second);
        assertThat(json(get(ALPHA, path)).path("data")).hasSize(2);
        assertThat(json(get(ALPHA, path + "?limit=1&after=" + second.path("id").asString()))
                        .path("data"))
                .hasSize(1);
    }

    @Test
    void exportOfAnUploadedAdapterIsPushedWithoutAJob() throws IOException {
        byte[] archive = QueryAdapter.archive(QueryAdapter.WIDTH);
        String file = stored(ALPHA, "adapter.tar", FilePurpose.USER_DATA, archive);
        String body = "{'adapter': '" + file + "', 'model': 'anneal-tiny', 'kind': 'merged'}";
        String id =
                json(post(ALPHA, "/v1/fine_tuning/exports", body)).path("id").asString();
        path = "/v1/fine_tuning/exports/" + id + "/push";
        assertThat(post(ALPHA, path, "{'repo_id': 'acme/tiny'}").body()).contains("export_not_ready");
        ExportToPush.make(leases, exports, store, ALPHA, "adapter-exports", id + "-1");

        JsonNode pushed = push("{'repo_id': 'acme/tiny'}");

        assertThat(pushed.path("status").asString()).as(pushed.toString()).isEqualTo("succeeded");
        assertThat(newestCommit().get(0).at("/value/summary").asString())
                .isEqualTo("Upload " + id + " of " + file + " with Anneal");
        assertThat(HUB.object(OID)).isEqualTo(weights());
        assertThat(json(get(ALPHA, path)).path("data")).hasSize(1);
        assertThat(get(BETA, path).statusCode()).isEqualTo(404);
    }

    @Test
    void pushIsFoundAtItsExportAlone() {
        String push = push("{'repo_id': 'acme/tiny'}").path("id").asString();
        String exports = path.substring(0, path.indexOf("/exports/")) + "/exports";
        String other =
                json(post(ALPHA, exports, "{'kind': 'adapter'}")).path("id").asString();

        for (String nowhere : List.of(path + "/ftpush-unknown", exports + "/" + other + "/push/" + push)) {
            HttpResponse<String> answer = get(ALPHA, nowhere);
            assertThat(answer.statusCode()).as(nowhere).isEqualTo(404);
            assertThat(json(answer).at("/error/param").asString()).isEqualTo("push_id");
        }
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
    void limitOfUnfinishedPushesHoldsForRequestsAtTheSameTime() {
        CompletableFuture<Boolean> end = new CompletableFuture<>();
        HUB.meanwhile = end::join;

        List<Integer> statuses = atOnce(path, Collections.nCopies(24, "{'repo_id': 'acme/tiny'}"));

        end.complete(true);
        assertThat(statuses).filteredOn(status -> status == 202).hasSize(10);
        assertThat(statuses).filteredOn(status -> status == 429).hasSize(14);
        await(() -> json(get(ALPHA, path))
                .path("data")
                .valueStream()
                .allMatch(push -> push.path("status").asString().equals("succeeded")));
    }

    /** #17 */
    @Test
    void pushOfAnExportThatHasLostAFileFails() {
        store.delete(exported);

        JsonNode failed = push("{'repo_id': 'acme/tiny'}");

        assertThat(failed.path("status").asString()).isEqualTo("failed");
        assertThat(failed.at("/error/code").asString()).isEqualTo("export_file_missing");
    }

    /** #17 */
    @Test
    void triesThatTheStoreEndsAreNotTakenFromTheHubs() throws IOException {
        String id = push("{'repo_id': 'acme/tiny'}").path("id").asString();
        TestDatabase.administrator()
                .sql("UPDATE hub_push SET state = 'QUEUED', tries = 1, finished_at = NULL, commit_sha = NULL,"
                        + " commit_url = NULL WHERE external_id = ?")
                .param(id)
                .update();
        Path marker = Path.of(environment.getRequiredProperty("anneal.storage.directory"))
                .resolve(StoreMarker.NAME);
        String content = Files.readString(marker);
        Files.delete(marker);
        try {
            Files.delete(marker.resolveSibling(exported.child("config.json").value()));
            assertThat(runner.run(id)).isPresent();
        } finally {
            Files.writeString(marker, content);
        }

        assertThat(TestDatabase.administrator()
                        .sql("SELECT tries FROM hub_push WHERE external_id = ?")
                        .param(id)
                        .query(Integer.class)
                        .single())
                .isOne();
    }

    @Test
    void privatePushDoesNotLandInAPublicRepository() {
        HUB.repositories.make("acme/tiny", false);
        HUB.repositories.ignoresVisibility = true;

        for (String repo : List.of("acme/tiny", "acme/made")) {
            JsonNode pushed = push("{'repo_id': '" + repo + "'}");

            assertThat(pushed.at("/error/code").asString()).as(repo).isEqualTo("hub_repo_is_public");
        }
        assertThat(HUB.seen("storage")).isEmpty();
        assertThat(HUB.commits()).isEmpty();
    }

    @Test
    void tokenThatMayMakeNoRepositoryPushesToOneThatIsThere() {
        HUB.repositories.make("acme/tiny", true);
        for (int status : List.of(401, 402, 403)) {
            HUB.failing = "/api/repos/create";
            HUB.status = status;
            HUB.failures.set(1);

            assertThat(push("{'repo_id': 'acme/tiny'}").path("status").asString())
                    .as("status " + status)
                    .isEqualTo("succeeded");
        }
    }

    @Test
    void whatAnotherWriterIsInTheWayOfIsTriedAgain() {
        HUB.failing = "/commit/";
        HUB.status = 412;
        HUB.failures.set(1);
        assertThat(push("{'repo_id': 'acme/tiny'}").path("status").asString()).isEqualTo("succeeded");
        assertThat(HUB.commits()).hasSize(2);

        HUB.failing = "/api/repos/create";
        HUB.status = 409;
        HUB.reason = "Cannot create repo: another conflicting operation is in progress";
        HUB.failures.set(1);
        assertThat(push("{'repo_id': 'acme/other'}").path("status").asString()).isEqualTo("succeeded");
    }

    @Test
    void repositoryThatIsMadeAndNotShownYetIsAskedForAgain() {
        HUB.failing = "/api/models/acme/tiny";
        HUB.status = 404;
        HUB.failures.set(1);

        assertThat(push("{'repo_id': 'acme/tiny'}").path("status").asString()).isEqualTo("succeeded");
    }

    @Test
    void tryThatTheEndOfTheProcessCutsOffIsNoFailure() {
        String id = push("{'repo_id': 'acme/tiny'}").path("id").asString();
        TestDatabase.administrator()
                .sql("UPDATE hub_push SET state = 'QUEUED', tries = 99, finished_at = NULL, commit_sha = NULL,"
                        + " commit_url = NULL WHERE external_id = ?")
                .param(id)
                .update();
        HUB.status = 500;
        HUB.failures.set(1000);
        HUB.meanwhile = Thread.currentThread()::interrupt;

        assertThatIllegalStateException()
                .isThrownBy(() -> runner.run(id))
                .withMessage("Push %s was interrupted in attempt 100", id);

        assertThat(Thread.interrupted()).isTrue();
        assertThat(json(get(ALPHA, path + "/" + id)).path("status").asString()).isEqualTo("running");
    }

    @Test
    void exportOfAnotherTenantIsNotThere() {
        String push = path + "/" + push("{'repo_id': 'acme/tiny'}").path("id").asString();

        assertThat(get(ALPHA, push).statusCode()).isEqualTo(200);
        assertThat(get(BETA, push).statusCode()).isEqualTo(404);
        assertThat(post(BETA, path, "{'repo_id': 'acme/tiny'}").statusCode()).isEqualTo(404);
        assertThat(get(BETA, path).statusCode()).isEqualTo(404);
        int seen = TestDatabase.tenant()
                .call(
                        BETA,
                        () -> TestDatabase.jdbc()
                                .sql("SELECT count(*) FROM hub_push")
                                .query(Integer.class)
                                .single());
        assertThat(seen).isZero();
    }

    private static List<JsonNode> newestCommit() {
        List<PushServer.Seen> commits = HUB.commits();
        return commits.get(commits.size() - 1).lines();
    }

    private JsonNode push(String body) {
        HttpResponse<String> answer = post(ALPHA, path, body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        String id = json(answer).path("id").asString();
        return awaitValue(
                () -> json(get(ALPHA, path + "/" + id)),
                push -> List.of("succeeded", "failed")
                        .contains(push.path("status").asString()));
    }

    private static List<String> auditedActions() {
        return TestDatabase.administrator()
                .sql("SELECT action FROM audit_log")
                .query(String.class)
                .list();
    }
}
