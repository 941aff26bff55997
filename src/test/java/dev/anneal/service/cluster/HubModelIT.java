package dev.anneal.service.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.SystemTest;
import dev.anneal.service.TestFolders;
import dev.anneal.service.files.FilePurpose;
import dev.anneal.service.models.hub.HubServer;
import dev.anneal.service.platform.database.TestDatabase;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.util.FileSystemUtils;
import tools.jackson.databind.JsonNode;

/** Base models that are pulled from a Hub over HTTP, and trained on by the real engine. */
@SystemTest
class HubModelIT extends EngineTest {

    private static final HubServer HUB = new HubServer(Path.of("src/main/resources/models/anneal-tiny"));
    private static final Path CACHE = TestFolders.of("hub-cache");
    private static final String PATH = "/v1/anneal/base_models";
    private static final String OPERATOR = "operator";
    private static final String MOVED = "f".repeat(40);

    @DynamicPropertySource
    static void hub(DynamicPropertyRegistry properties) {
        properties.add("anneal.admin-keys", () -> "operator-key-0123456789");
        properties.add("anneal.hub.endpoint", HUB::uri);
        properties.add("anneal.hub.offline", () -> "false");
        properties.add("anneal.hub.allowed", () -> "acme/*");
        properties.add("anneal.hub.cache-dir", CACHE::toString);
        properties.add("anneal.outbound.allowed-addresses", () -> "127.0.0.1");
    }

    @BeforeEach
    void emptyCache() throws IOException {
        FileSystemUtils.deleteRecursively(CACHE);
        HUB.mend();
        HUB.move("main", HubServer.SHA);
    }

    @Test
    void pulledModelIsTrainedAtTheCommitThatTheJobWasCreatedWith() throws IOException {
        JsonNode model = pulled("{'id': 'acme/tiny'}");
        assertThat(model.path("state").asString()).as(model.toString()).isEqualTo("ready");
        assertThat(model.path("sha").asString()).isEqualTo(HubServer.SHA);
        assertThat(model.path("license").asString()).isEqualTo("apache-2.0");
        assertThat(model.path("bytes_done")).isEqualTo(model.path("bytes_total"));
        awaitListed();

        trained();
        assertThat(TestDatabase.administrator()
                        .sql("SELECT base_revision FROM job")
                        .query(String.class)
                        .single())
                .isEqualTo(HubServer.SHA);

        HUB.move("main", MOVED);
        assertThat(pulled("{'id': 'acme/tiny'}").path("sha").asString()).isEqualTo(MOVED);
    }

    @Test
    void whatWasTrainedGoesOnAtItsCommitWhenTheModelHasMovedOn() throws IOException {
        pulled("{'id': 'acme/tiny'}");
        awaitListed();
        String job = trained();
        String model = json(get(ALPHA, "/v1/fine_tuning/jobs/" + job))
                .path("fine_tuned_model")
                .asString();
        String test = file(ALPHA, FilePurpose.FINE_TUNE, rows("tickets.test.jsonl", 10));
        moved();

        String merged = export("/v1/fine_tuning/jobs/" + job + "/exports", "{'kind': 'merged'}");
        assertThat(baseOf(job, merged)).isEqualTo(HubServer.SHA);
        FileSystemUtils.deleteRecursively(snapshot(HubServer.SHA));
        String adapter = export("/v1/fine_tuning/jobs/" + job + "/exports", "{'kind': 'adapter'}");
        assertThat(baseOf(job, adapter)).isEqualTo(HubServer.SHA);
        assertThat(snapshot(HubServer.SHA)).isDirectory();
        FileSystemUtils.deleteRecursively(snapshot(HubServer.SHA));
        assertThat(chat(model).statusCode()).isEqualTo(409);
        assertThat(chat(model).body()).contains("base_model_changed", HubServer.SHA);
        evaluation("'model': '" + model + "'", test);
        assertThat(chat(model).statusCode()).isEqualTo(200);
    }

    @Test
    void whatIsAskedOfABaseModelIsDoneAtTheCommitOfThatTime() throws IOException {
        pulled("{'id': 'acme/tiny'}");
        awaitListed();
        String test = file(ALPHA, FilePurpose.FINE_TUNE, rows("tickets.test.jsonl", 10));
        evaluation("'model': 'acme/tiny'", test);
        moved();
        evaluation("'model': 'acme/tiny'", test);

        assertThat(chat("acme/tiny").statusCode()).isEqualTo(200);
        assertThat(TestDatabase.administrator()
                        .sql("SELECT base_revision FROM evaluation ORDER BY id")
                        .query(String.class)
                        .list())
                .containsExactly(HubServer.SHA, MOVED);
    }

    @Test
    void workerPullsWhatItLacksAsLongAsTheJobIsWanted() throws IOException {
        pulled("{'id': 'acme/tiny'}");
        awaitListed();
        String job = "/v1/fine_tuning/jobs/" + started(60);
        Waiting.until(() -> json(get(ALPHA, job)).at("/anneal/step").asInt() > 0);
        wish(job, "pause", "paused");
        FileSystemUtils.deleteRecursively(CACHE);
        HUB.pauseMillis = 250;

        post(ALPHA, job + "/resume", "{}");
        await(() -> events(job).contains("Pulling base model 'acme/tiny' (" + HubServer.SHA + ") onto this worker"));
        await(() -> TestDatabase.administrator()
                .sql("SELECT stalls_at > clock_timestamp() + interval '16 minutes' FROM lease")
                .query(Boolean.class)
                .single());
        wish(job, "pause", "paused");
        assertThat(snapshot(HubServer.SHA)).doesNotExist();
        HUB.mend();
        post(ALPHA, job + "/resume", "{}");

        assertThat(ended(job).path("status").asString()).isEqualTo("succeeded");
        assertThat(events(job)).contains("Pulled base model 'acme/tiny'");
    }

    private void wish(String job, String verb, String status) {
        assertThat(post(ALPHA, job + "/" + verb, "{}").statusCode()).isEqualTo(200);
        Waiting.until(() -> TestDatabase.administrator()
                .sql("SELECT state FROM work")
                .query(String.class)
                .single()
                .equalsIgnoreCase(status));
    }

    private String events(String job) {
        return get(ALPHA, job + "/events?limit=100").body();
    }

    /** To a commit with another configuration, which the engine takes for another model. */
    private void moved() {
        String before = fingerprint();
        String configuration = new String(HUB.file("config.json"), StandardCharsets.UTF_8);
        HUB.change(MOVED, "config.json", configuration.replaceFirst("\\{", "{\"moved\": true,"));
        HUB.move("main", MOVED);
        assertThat(pulled("{'id': 'acme/tiny'}").path("sha").asString()).isEqualTo(MOVED);
        // For a moment the commit of before still counts as the current one.
        await(() -> !fingerprint().equals(before));
    }

    private String fingerprint() {
        return json(chat("acme/tiny")).path("system_fingerprint").asString();
    }

    private String export(String path, String body) {
        String id = json(post(ALPHA, path, body)).path("id").asString();
        JsonNode export = ended(path + "/" + id);
        assertThat(export.path("status").asString()).as(export.toString()).isEqualTo("succeeded");
        return id;
    }

    /** What the manifest says. */
    private String baseOf(String job, String export) {
        return json(get(ALPHA, "/v1/fine_tuning/jobs/" + job + "/exports/" + export + "/files/manifest.json"))
                .at("/base_model/revision")
                .asString();
    }

    private HttpResponse<String> chat(String model) {
        return post(
                ALPHA,
                "/v1/chat/completions",
                "{'model': '%s', 'max_tokens': 2, 'messages': [{'role': 'user', 'content': 'Hi'}]}".formatted(model));
    }

    private static Path snapshot(String sha) {
        return CACHE.resolve("models--acme--tiny/snapshots").resolve(sha);
    }

    private String trained() throws IOException {
        String job = started(2);
        JsonNode ended = ended("/v1/fine_tuning/jobs/" + job);
        assertThat(ended.path("status").asString()).as(ended.toString()).isEqualTo("succeeded");
        return job;
    }

    private String started(int steps) throws IOException {
        String file = file(ALPHA, FilePurpose.FINE_TUNE, rows("tickets.train.jsonl", 16));
        HttpResponse<String> created = post(
                ALPHA,
                "/v1/fine_tuning/jobs",
                "{'model': 'acme/tiny', 'training_file': '%s', 'anneal': {'max_steps': %d}}".formatted(file, steps));
        assertThat(created.statusCode()).as(created.body()).isEqualTo(200);
        return json(created).path("id").asString();
    }

    private void awaitListed() {
        await(() -> json(get(ALPHA, PATH + "/acme%2Ftiny")).path("parameters").isNumber());
        assertThat(json(get(ALPHA, PATH)).findValuesAsString("id")).contains("acme/tiny", "anneal-tiny");
        assertThat(json(get(ALPHA, PATH + "/acme%2Ftiny"))
                        .path("memory")
                        .path("fits")
                        .asBoolean())
                .isTrue();
        assertThat(get(ALPHA, "/v1/models").body()).contains("acme/tiny");
    }

    @Test
    void whatCannotBeHadIsToldByACode() {
        assertThat(post(ALPHA, PATH, "{'id': 'acme/tiny'}").body()).contains("'installation:write' is missing");
        assertThat(post(OPERATOR, PATH, "{'id': 'evil/model'}").body()).contains("anneal.hub.allowed");
        assertThat(post(OPERATOR, PATH, "{'id': '../x'}").statusCode()).isEqualTo(400);
        assertThat(post(OPERATOR, PATH, "{'id': 'acme/tiny', 'revision': '../x'}")
                        .statusCode())
                .isEqualTo(400);
        assertThat(get(ALPHA, PATH + "/acme%2Fnone").statusCode()).isEqualTo(404);
        assertThat(pulled("{'id': 'acme/tiny', 'revision': 'v9'}")
                        .at("/error/code")
                        .asString())
                .isEqualTo("hub_revision_not_found");
        HUB.refusal = "403 GatedRepo";
        assertThat(pulled("{'id': 'acme/tiny', 'revision': 'main'}")
                        .at("/error/code")
                        .asString())
                .isEqualTo("hub_model_gated");
    }

    private JsonNode pulled(String body) {
        HttpResponse<String> asked = post(OPERATOR, PATH, body);
        assertThat(asked.statusCode()).as(asked.body()).isEqualTo(202);
        String path = PATH + "/acme%2Ftiny";
        await(() -> !json(get(ALPHA, path)).path("state").asString().equals("pulling"));
        return json(get(ALPHA, path));
    }
}
