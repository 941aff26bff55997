package dev.anneal.service.results.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.engine.network.peft.QueryAdapter;
import dev.anneal.protocol.Progress;
import dev.anneal.service.ServiceTest;
import dev.anneal.service.files.FilePurpose;
import dev.anneal.service.platform.database.TestDatabase;
import dev.anneal.service.queue.Slot;
import dev.anneal.service.queue.WorkError;
import dev.anneal.service.queue.lease.Claim;
import dev.anneal.service.queue.lease.Claimants;
import dev.anneal.service.results.export.Export;
import dev.anneal.service.results.export.ExportJournal;
import dev.anneal.service.results.export.ExportOrder;
import dev.anneal.service.storage.ArtifactKey;
import dev.anneal.service.storage.ArtifactStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/**
 * Exports of uploaded adapters over HTTP, from the request to the bytes; what the engine makes of them is seen
 * elsewhere.
 */
class AdapterExportsIT extends ServiceTest {

    private static final String EXPORTS = "/v1/fine_tuning/exports";

    @Autowired
    private ExportJournal journal;

    @Autowired
    private ArtifactStore store;

    private String adapter = "";

    @BeforeEach
    void upload() throws IOException {
        adapter = uploaded(QueryAdapter.WIDTH);
    }

    @Test
    void sameArgumentsMakeOneExportThatIsReadWithoutAJob() {
        JsonNode export = created(", 'kind': 'merged', 'dtype': 'float32'");
        String id = export.path("id").asString();

        assertThat(export.path("adapter").asString()).isEqualTo(adapter);
        assertThat(export.path("model").asString()).isEqualTo("anneal-tiny");
        assertThat(export.path("job_id").isNull()).isTrue();
        assertThat(export.path("checkpoint").isNull()).isTrue();
        assertThat(created(", 'kind': 'merged', 'dtype': 'float32'").path("id").asString())
                .isEqualTo(id);
        assertThat(created(", 'kind': 'gguf'").path("gguf_type").asString()).isEqualTo("f16");
        Claim claim = leases.claim(Claimants.of("w", Slot.LIGHT, Set.of("merged"), Set.of()))
                .orElseThrow();
        ArtifactKey key = new ArtifactKey(ALPHA).child("adapter-exports").child(id + "-1");
        write(store.localFolder(key).resolve("config.json"));
        Progress.Exported exported =
                new Progress.Exported("{}", List.of(new Progress.Exported.File("config.json", 2, "0".repeat(64))));
        leases.succeed(claim.lease(), () -> journal.completed(claim.lease().workId(), exported, key.value()));

        JsonNode made = json(get(ALPHA, EXPORTS + "/" + id));
        assertThat(made.path("status").asString()).isEqualTo("succeeded");
        String url = made.path("files").get(0).path("url").asString();
        assertThat(url).isEqualTo(EXPORTS + "/" + id + "/files/config.json");
        assertThat(get(ALPHA, url).body()).isEqualTo("{}");
        assertThat(get(ALPHA, EXPORTS + "/" + id + "/archive").statusCode()).isEqualTo(200);
        assertThat(json(get(ALPHA, EXPORTS + "/" + id + "/files")).get("data")).hasSize(1);
        assertThat(get(BETA, EXPORTS + "/" + id).statusCode()).isEqualTo(404);
        assertThat(get(BETA, url).statusCode()).isEqualTo(404);
    }

    @Test
    void exportsWithoutAJobAreListedInPages() {
        String first = created(", 'kind': 'merged'").path("id").asString();
        String second = created(", 'kind': 'gguf'").path("id").asString();
        String third = created(", 'kind': 'adapter'").path("id").asString();

        JsonNode page = json(get(ALPHA, EXPORTS + "?limit=2"));
        assertThat(ids(page)).containsExactly(third, second);
        assertThat(page.path("has_more").asBoolean()).isTrue();
        assertThat(ids(json(get(ALPHA, EXPORTS + "?limit=2&after=" + second)))).containsExactly(first);
        assertThat(ids(json(get(ALPHA, EXPORTS + "?order=asc")))).containsExactly(first, second, third);
        assertThat(ids(json(get(BETA, EXPORTS)))).isEmpty();
        // To another tenant it is an export that may have been removed: nothing tells the two apart.
        assertThat(ids(json(get(BETA, EXPORTS + "?after=" + second)))).isEmpty();
        HttpResponse<String> refused = get(BETA, EXPORTS + "?after=ftexp-second");
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains("invalid_cursor", "ftexp-second");
    }

    private static List<String> ids(JsonNode page) {
        return page.path("data")
                .valueStream()
                .map(export -> export.path("id").asString())
                .toList();
    }

    @Test
    void workerGetsAdapterAndRowsWhichAreKeptMeanwhile() {
        String rows = file(ALPHA, 20);
        String id = created(", 'kind': 'merged', 'validation_file': '" + rows + "'")
                .path("id")
                .asString();
        ExportOrder order = journal.order(workOf("export", id));

        assertThat(order.export().adapter()).map(Export.OfAdapter::fileId).contains(adapter);
        assertThat(order.checkpoint()).isNull();
        assertThat(order.probeFile()).isEqualTo(rows);
        assertThat(order.training().jobId()).isNull();
        assertThat(Objects.requireNonNull(
                                Objects.requireNonNull(order.training().initialAdapter())
                                        .file())
                        .sha256())
                .hasSize(64);
        for (String used : List.of(adapter, rows)) {
            HttpResponse<String> refused =
                    send(request(ALPHA, "/v1/files/" + used).DELETE());
            assertThat(refused.statusCode()).isEqualTo(409);
            assertThat(refused.body()).contains(id);
        }
        Claim claim = leases.claim(Claimants.of("w", Slot.LIGHT, Set.of("merged"), Set.of()))
                .orElseThrow();
        WorkError error = WorkError.ofUser("merge_equals_base", "Equal.", null);
        leases.fail(claim.lease(), error, () -> journal.failed(claim.lease().workId(), error));
        assertThat(json(get(ALPHA, EXPORTS + "/" + id))
                        .path("error")
                        .path("code")
                        .asString())
                .isEqualTo("merge_equals_base");
        assertThat(send(request(ALPHA, "/v1/files/" + adapter).DELETE()).statusCode())
                .isEqualTo(200);
    }

    @Test
    void whatCannotBeExportedIsRefusedByName() throws IOException {
        assertRefused(ALPHA, "file-none", ", 'kind': 'merged'", "adapter", "invalid_value", "there is no such thing");
        assertRefused(BETA, adapter, ", 'kind': 'merged'", "adapter", "invalid_value", "there is no such thing");
        String other = uploaded(64);
        assertRefused(ALPHA, other, ", 'kind': 'merged'", "adapter", "adapter_invalid", "fits 'anneal-tiny'");
        assertRefused(
                ALPHA, file(ALPHA, 20), ", 'kind': 'merged'", "adapter", "invalid_value", "purpose is 'fine-tune'");
        for (String kind : List.of("draft", "training_state", "zip")) {
            String form = ", 'kind': '" + kind + "'";
            assertRefused(
                    ALPHA, adapter, form, "kind", "invalid_value", "must be one of merged, adapter, gguf, but is");
        }
        assertRefused(ALPHA, adapter, "", "kind", "missing_parameter", "kind");
        assertRefused(
                ALPHA, adapter, ", 'kind': 'merged', 'checkpoint': 'x'", "checkpoint", "invalid_value", "left out");
        assertRefused(
                ALPHA,
                adapter,
                ", 'kind': 'merged', 'validation_file': 'file-none'",
                "validation_file",
                "invalid_value",
                "there is no such file");
        assertRefused(
                ALPHA,
                adapter,
                ", 'kind': 'gguf', 'validation_file': 'file-none'",
                "validation_file",
                "invalid_value",
                "unless kind is 'merged'");
    }

    /** The same rule as for the test file of an evaluation. */
    @Test
    void rowsThatProveAMergeAreUsable() {
        String faulty = file(ALPHA, FilePurpose.FINE_TUNE, "no row");
        String unchecked = file(ALPHA, 20);
        TestDatabase.administrator()
                .sql("UPDATE file SET status = 'UPLOADED' WHERE public_id = ?")
                .param(unchecked)
                .update();

        assertRowsRefused(faulty, "dataset_invalid", "whose rows are faulty");
        assertRowsRefused(unchecked, "file_not_ready", "whose rows are still being checked");
        assertRowsRefused(adapter, "invalid_value", "but there is no such file of purpose 'fine-tune'");
    }

    private void assertRowsRefused(String rows, String code, String words) {
        assertRefused(
                ALPHA,
                adapter,
                ", 'kind': 'merged', 'validation_file': '" + rows + "'",
                "validation_file",
                code,
                "'validation_file' names '" + rows + "', " + words);
    }

    private static void write(Path file) {
        try {
            Files.writeString(file, "{}");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private JsonNode created(String rest) {
        HttpResponse<String> answer =
                post(ALPHA, EXPORTS, "{'adapter': '%s', 'model': 'anneal-tiny'%s}".formatted(adapter, rest));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        return json(answer);
    }

    private void assertRefused(String tenant, String file, String rest, String param, String code, String words) {
        HttpResponse<String> answer =
                post(tenant, EXPORTS, "{'adapter': '%s', 'model': 'anneal-tiny'%s}".formatted(file, rest));
        JsonNode error = json(answer).path("error");
        assertThat(error.path("code").asString()).as(answer.body()).isEqualTo(code);
        assertThat(error.path("param").asString()).isEqualTo(param);
        assertThat(error.path("message").asString()).contains(words);
    }

    private String uploaded(int width) throws IOException {
        return stored(ALPHA, "adapter.tar", FilePurpose.USER_DATA, QueryAdapter.archive(width));
    }
}
