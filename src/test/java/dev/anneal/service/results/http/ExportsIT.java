package dev.anneal.service.results.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anneal.protocol.Progress;
import dev.anneal.protocol.TrainingRecord;
import dev.anneal.service.PlayedWorker;
import dev.anneal.service.ServiceTest;
import dev.anneal.service.platform.database.TestDatabase;
import dev.anneal.service.queue.Slot;
import dev.anneal.service.queue.WorkError;
import dev.anneal.service.queue.lease.Claim;
import dev.anneal.service.queue.lease.Claimants;
import dev.anneal.service.results.export.ExportJournal;
import dev.anneal.service.storage.ArtifactKey;
import dev.anneal.service.storage.ArtifactStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.apache.commons.codec.digest.DigestUtils;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/** Exports from their request to the bytes that a client downloads. */
class ExportsIT extends ServiceTest {

    private static final String WEIGHTS = "0123456789".repeat(100);
    private static final String CONFIG = "{}";

    @Autowired
    private ExportJournal exports;

    @Autowired
    private ArtifactStore store;

    private String file = "";
    private String id = "";
    private @Nullable PlayedWorker claimed;

    @BeforeEach
    void train() {
        file = file(ALPHA, 20);
        id = queuedJob(ALPHA, file, "");
        claimed = playedWorker().steps(1, 5);
    }

    private PlayedWorker worker() {
        return Objects.requireNonNull(claimed);
    }

    @Test
    void nothingIsExportedBeforeThereIsACheckpoint() {
        HttpResponse<String> answer = post(ALPHA, path("/merge"), "");

        assertThat(answer.statusCode()).isEqualTo(409);
        assertThat(code(answer)).isEqualTo("export_not_ready");
    }

    @Test
    void aJobThatHasEndedWithoutACheckpointNeverHasOne() {
        assertThat(post(ALPHA, path("/exports"), "{'kind': 'adapter'}").body()).contains("ask again when it has");

        String ended = queuedJob(ALPHA, file(ALPHA, 21), "");
        post(ALPHA, "/v1/fine_tuning/jobs/" + ended + "/cancel", "");

        HttpResponse<String> answer = post(ALPHA, "/v1/fine_tuning/jobs/" + ended + "/exports", "{'kind': 'adapter'}");
        assertThat(code(answer)).isEqualTo("export_not_ready");
        assertThat(answer.body())
                .contains("is cancelled", "there is nothing to export")
                .doesNotContain("ask again");
    }

    @Test
    void mergeIsRefusedWhileBetaIsAboveZero() {
        worker().checkpoint(6);

        for (String request : List.of("{'kind': 'merged'}", "{'kind': 'adapter'}", "{'kind': 'gguf'}")) {
            HttpResponse<String> answer = post(ALPHA, path("/exports"), request);
            assertThat(answer.statusCode()).isEqualTo(409);
            assertThat(answer.headers().firstValue("x-should-retry")).contains("false");
            assertThat(code(answer)).isEqualTo("adapter_not_annealed");
            assertThat(message(answer)).contains("beta 0.750000 at step 6", "beta becomes 0 at step 24");
        }
        JsonNode state = json(post(ALPHA, path("/exports"), "{'kind': 'training_state'}"));
        assertThat(state.get("non_equivalent").booleanValue()).isTrue();
        assertThat(state.get("beta").doubleValue()).isEqualTo(0.75);
    }

    @Test
    void sameArgumentsMakeOneExport() {
        worker().finish(5);

        HttpResponse<String> first = post(ALPHA, path("/merge"), "");
        assertThat(first.statusCode()).isEqualTo(202);
        String merged = idOf(first);

        assertThat(idOf(post(ALPHA, path("/merge"), "{}"))).isEqualTo(merged);
        assertThat(idOf(post(ALPHA, path("/exports"), "{'kind': 'merged', 'dtype': 'base'}")))
                .isEqualTo(merged);
        String other = idOf(post(ALPHA, path("/exports"), "{'kind': 'merged', 'dtype': 'float32'}"));
        assertThat(other).isNotEqualTo(merged);
        assertThat(json(get(ALPHA, path("/exports")))
                        .get("data")
                        .valueStream()
                        .map(row -> row.get("id").stringValue()))
                .containsExactly(other, merged);
        assertThat(json(get(ALPHA, path("/exports?after=" + merged))).get("data"))
                .isEmpty();
    }

    @Test
    void ggufFilesAreMadeByType() {
        worker().finish(5);

        JsonNode usual = json(post(ALPHA, path("/exports"), "{'kind': 'gguf'}"));
        assertThat(usual.get("gguf_type").stringValue()).isEqualTo("f16");
        assertThat(usual.get("dtype").isNull()).isTrue();
        String quantised = idOf(post(ALPHA, path("/exports"), "{'kind': 'gguf', 'gguf_type': 'q8_0'}"));
        assertThat(quantised).isNotEqualTo(usual.get("id").stringValue());
        assertThat(exports.order(workOf("export", quantised)).export().dtype()).isEqualTo("q8_0");
        assertThat(json(post(ALPHA, path("/exports"), "{'kind': 'adapter'}"))
                        .get("gguf_type")
                        .isNull())
                .isTrue();
    }

    @Test
    void failedExportIsMadeAnewAndDoesNotTouchTheJob() {
        worker().finish(5);
        String first = idOf(post(ALPHA, path("/merge"), ""));
        Claim claim = merging();
        WorkError error = WorkError.ofUser("merge_equals_base", "no tensor differs from the base", null);
        leases.fail(claim.lease(), error, () -> exports.failed(claim.lease().workId(), error));

        JsonNode failed = json(get(ALPHA, path("/exports/" + first)));
        assertThat(failed.get("status").stringValue()).isEqualTo("failed");
        assertThat(failed.path("error").path("code").stringValue()).isEqualTo("merge_equals_base");
        assertThat(job(ALPHA, id).get("status").stringValue()).isEqualTo("succeeded");
        assertThat(idOf(post(ALPHA, path("/merge"), ""))).isNotEqualTo(first);
    }

    @Test
    void eventsTellHowMuchOfAnAttemptIsKept() {
        worker().finish(5);
        String merged = idOf(post(ALPHA, path("/merge"), ""));
        Claim claim = merging();
        keep(claim, 0);
        assertThat(json(get(ALPHA, path("/events"))).get("data").toString()).doesNotContain("goes on");

        keep(claim, 3);
        assertThat(json(get(ALPHA, path("/events"))).get("data").toString())
                .contains("Export " + merged + " (merged) goes on: 3 of 7 files of weights of an earlier attempt");
    }

    private void keep(Claim claim, int files) {
        leases.working(
                claim.lease(),
                Duration.ofMinutes(1),
                () -> exports.continued(claim.lease().workId(), new Progress.PartsKept(files, 7)));
    }

    @Test
    void kindsAndKeysAreChecked() {
        worker().finish(5);

        assertBad("{'kind': 'merged', 'format': 'eagle'}", "invalid_value", "format");
        assertBad("{'kind': 'draft', 'format': 'gguf'}", "invalid_value", "format");
        assertBad("{'kind': 'draft', 'gguf_type': 'f16'}", "invalid_value", "gguf_type");
        assertBad("{'kind': 'gguf', 'gguf_type': 'q4_k'}", "invalid_value", "gguf_type");
        assertBad("{'kind': 'gguf', 'dtype': 'float16'}", "invalid_value", "dtype");
        assertBad("{'kind': 'merged', 'gguf_type': 'f16'}", "invalid_value", "gguf_type");
        assertBad("{'kind': 'zip'}", "invalid_value", "kind");
        assertBad("{}", "missing_parameter", "kind");
        assertBad("{'kind': 'merged', 'dtype': 'int4'}", "invalid_value", "dtype");
        assertBad("{'kind': 'merged', 'checkpoint': 'ftckpt_x'}", "invalid_value", "checkpoint");
        assertBad("{'kind': 'merged', 'nmae': 'x'}", "unknown_parameter", "nmae");
        assertBad("{'kind': 'merged', 'name': 'a/b'}", "invalid_value", "name");
    }

    @Test
    void filesAreReadWholeInPartAndNotAtAll() throws IOException {
        String export = finishedExport();
        JsonNode shown = json(get(ALPHA, path("/exports/" + export)));
        assertThat(shown.get("status").stringValue()).isEqualTo("succeeded");
        assertThat(shown.path("proof").path("differs_from_base").booleanValue()).isTrue();
        JsonNode file = shown.get("files").get(1);
        assertThat(file.get("sha256").stringValue()).isEqualTo(sha256(WEIGHTS));
        String url = file.get("url").stringValue();

        HttpResponse<String> whole = get(ALPHA, url);
        assertThat(whole.body()).isEqualTo(WEIGHTS);
        assertThat(whole.headers().firstValue("etag")).contains("\"" + sha256(WEIGHTS) + "\"");
        HttpResponse<String> part = send(request(ALPHA, url).header("Range", "bytes=995-"));
        assertThat(part.statusCode()).isEqualTo(206);
        assertThat(part.body()).isEqualTo("56789");
        assertThat(part.headers().firstValue("content-range")).contains("bytes 995-999/1000");
        assertThat(send(request(ALPHA, url).header("Range", "bytes=0-9").header("If-Range", "\"other\""))
                        .body())
                .isEqualTo(WEIGHTS);
        assertThat(send(request(ALPHA, url).header("Range", "bytes=1000-")).statusCode())
                .isEqualTo(416);
        assertThat(send(request(ALPHA, url).header("If-None-Match", "\"" + sha256(WEIGHTS) + "\""))
                        .statusCode())
                .isEqualTo(304);
        assertThat(get(ALPHA, path("/exports/" + export + "/files/secret")).statusCode())
                .isEqualTo(404);
        assertThat(json(get(ALPHA, path("/exports/" + export + "/files"))).get("data"))
                .hasSize(2);
    }

    @Test
    void downloadOfAFileThatEndsEarlyIsBrokenOff() throws IOException {
        String export = finishedExport();
        String url = json(get(ALPHA, path("/exports/" + export)))
                .get("files")
                .get(1)
                .get("url")
                .stringValue();
        TestDatabase.administrator()
                .sql("UPDATE export_file SET bytes = 100000 WHERE name = 'model.safetensors'")
                .update();
        Files.writeString(
                store.localCopy(new ArtifactKey(ALPHA)
                                .child(id)
                                .child("exports")
                                .child(export))
                        .path()
                        .resolve("model.safetensors"),
                "x".repeat(50_000));

        HttpResponse<InputStream> answer = send(request(ALPHA, url), HttpResponse.BodyHandlers.ofInputStream());

        ByteArrayOutputStream received = new ByteArrayOutputStream();
        assertThatThrownBy(() -> answer.body().transferTo(received)).isInstanceOf(IOException.class);
        assertThat(received.toString(StandardCharsets.UTF_8)).matches("x*");
    }

    @Test
    void archiveIsATarThatTarReads(@TempDir Path directory) throws Exception {
        String export = finishedExport();

        HttpResponse<Path> answer = send(
                request(ALPHA, path("/exports/" + export + "/archive")),
                HttpResponse.BodyHandlers.ofFile(directory.resolve("export.tar")));

        assertThat(answer.headers().firstValueAsLong("content-length")).hasValue(Files.size(answer.body()));
        Process tar = new ProcessBuilder("tar", "xf", "export.tar")
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        assertThat(new String(tar.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEmpty();
        assertThat(tar.waitFor()).isZero();
        assertThat(directory.resolve(export).resolve("model.safetensors")).hasContent(WEIGHTS);
        assertThat(directory.resolve(export).resolve("config.json")).hasContent(CONFIG);
    }

    @Test
    void linkServesOneArchive() throws IOException {
        String export = finishedExport();
        String made = post(ALPHA, path("/exports/" + export + "/link"), "").body();
        String url = JSON.readTree(made).get("url").stringValue();

        assertThat(follow(url).body()).contains(WEIGHTS);
        for (String other : List.of(
                url.replace(export, "ftexp-other"), url.replace("/jobs/" + id, ""), url.replace("archive", "files"))) {
            assertThat(code(follow(other))).as(other).isEqualTo("invalid_link");
        }
    }

    private HttpResponse<String> follow(String path) {
        return send(HttpRequest.newBuilder(request(ALPHA, path).build().uri()));
    }

    @Test
    void fileIsKeptForTheMergeThatIsProvedOnIt() {
        worker().finish(5);
        String adapter = idOf(post(ALPHA, path("/exports"), "{'kind': 'adapter'}"));
        assertThat(exports.order(workOf("export", adapter)).probeFile()).isNull();
        String merged = idOf(post(ALPHA, path("/merge"), ""));

        HttpResponse<String> refused = send(request(ALPHA, "/v1/files/" + file).DELETE());

        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(message(refused)).contains(merged);
        assertThat(exports.order(workOf("export", merged)).probeFile()).isEqualTo(file);
    }

    @Test
    void cardGetsTheTrainingUpToItsCheckpoint() {
        worker().checkpoint(3);
        String state = idOf(post(ALPHA, path("/exports"), "{'kind': 'training_state'}"));

        TrainingRecord record = exports.order(workOf("export", state)).training();

        assertThat(record.jobId()).isEqualTo(id);
        assertThat(record.model()).startsWith("ft:anneal-tiny:alpha:");
        TrainingRecord.DataFile data = Objects.requireNonNull(record.trainingData());
        assertThat(data.id()).isEqualTo(file);
        assertThat(data.sha256()).hasSize(64);
        assertThat(record.validationData()).isNull();
        assertThat(record.curve()).extracting(TrainingRecord.Point::step).containsExactly(1, 2, 3);
        assertThat(record.curve())
                .first()
                .satisfies(point -> assertThat(point.loss()).isPositive());
    }

    @Test
    void jobWhoseFileIsGoneIsStillExported() {
        worker().finish(5);
        assertThat(send(request(ALPHA, "/v1/files/" + file).DELETE()).statusCode())
                .isEqualTo(200);

        String merged = idOf(post(ALPHA, path("/merge"), ""));

        assertThat(exports.order(workOf("export", merged)).probeFile()).isNull();
        assertThat(exports.order(workOf("export", merged)).training().trainingData())
                .isEqualTo(new TrainingRecord.DataFile(file, null));
    }

    @Test
    void filesOfAnUnfinishedExportAreNotThereYet() {
        worker().finish(5);
        String export = idOf(post(ALPHA, path("/merge"), ""));

        assertThat(code(get(ALPHA, path("/exports/" + export + "/archive")))).isEqualTo("export_not_ready");
        assertThat(code(post(ALPHA, path("/exports/" + export + "/link"), ""))).isEqualTo("export_not_ready");
        assertThat(json(get(ALPHA, path("/exports/" + export + "/files"))).get("data"))
                .isEmpty();
    }

    private String finishedExport() throws IOException {
        worker().finish(5);
        String export = idOf(post(ALPHA, path("/merge"), ""));
        Claim claim = merging();
        assertThat(Objects.requireNonNull(exports.order(claim.lease().workId()).checkpoint())
                        .isMergeable())
                .isTrue();
        ArtifactKey key = new ArtifactKey(ALPHA).child(id).child("exports").child(export);
        Path folder = store.localFolder(key);
        Files.writeString(folder.resolve("config.json"), CONFIG);
        Files.writeString(folder.resolve("model.safetensors"), WEIGHTS);
        store.publish(key);
        Progress.Exported exported = new Progress.Exported(
                "{\"differs_from_base\": true}",
                List.of(
                        new Progress.Exported.File("config.json", CONFIG.length(), sha256(CONFIG)),
                        new Progress.Exported.File("model.safetensors", WEIGHTS.length(), sha256(WEIGHTS))));
        leases.succeed(claim.lease(), () -> exports.completed(claim.lease().workId(), exported, key.value()));
        return export;
    }

    private void assertBad(String body, String code, String param) {
        HttpResponse<String> answer = post(ALPHA, path("/exports"), body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        assertThat(code(answer)).isEqualTo(code);
        assertThat(json(answer).path("error").path("param").stringValue()).isEqualTo(param);
    }

    private String path(String rest) {
        return "/v1/fine_tuning/jobs/" + id + rest;
    }

    private static String idOf(HttpResponse<String> answer) {
        return json(answer).get("id").stringValue();
    }

    private static String code(HttpResponse<String> answer) {
        return json(answer).path("error").path("code").stringValue();
    }

    private static String message(HttpResponse<String> answer) {
        return json(answer).path("error").path("message").stringValue();
    }

    private static String sha256(String text) {
        return DigestUtils.sha256Hex(text);
    }

    private Claim merging() {
        return leases.claim(Claimants.of("w", Slot.LIGHT, Set.of("merged"), Set.of()))
                .orElseThrow();
    }
}
