package dev.anneal.service.results.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.protocol.DraftFormat;
import dev.anneal.service.PlayedWorker;
import dev.anneal.service.ServiceTest;
import dev.anneal.service.results.export.ExportJournal;
import dev.anneal.service.training.history.Checkpoint;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/** Exports of drafts: in which format which kind of draft is exported, and what is refused. */
class DraftExportsIT extends ServiceTest {

    @Autowired
    private ExportJournal exports;

    private String file = "";
    private String id = "";
    private @Nullable PlayedWorker claimed;

    private PlayedWorker worker() {
        return Objects.requireNonNull(claimed);
    }

    @Test
    void aJobWithoutADraftExportsNone() {
        train("");
        worker().finish(5);

        assertBad("{'kind': 'draft'}", "not_supported", "kind");
        assertThat(message(post(ALPHA, path("/exports"), "{'kind': 'draft'}")))
                .contains(id + " trained no draft", "'speculative_draft'", "ask for 'merged'");
    }

    @Test
    void aDraftModelIsExportedAsADirectory() {
        trainDraft("model");
        worker().finish(5);

        JsonNode draft = json(post(ALPHA, path("/exports"), "{'kind': 'draft', 'dtype': 'float16'}"));

        assertThat(draft.get("kind").stringValue()).isEqualTo("draft");
        assertThat(draft.get("format").stringValue()).isEqualTo("huggingface");
        assertThat(draft.get("dtype").stringValue()).isEqualTo("float16");
        assertThat(draft.get("non_equivalent").booleanValue()).isFalse();
        assertThat(idOf(post(
                        ALPHA, path("/exports"), "{'kind': 'draft', 'dtype': 'float16', 'format': 'huggingface'}")))
                .isEqualTo(draft.get("id").stringValue());
        assertThat(exports.order(workOf("export", draft.get("id").stringValue())))
                .satisfies(order -> assertThat(order.export().format()).isEqualTo(DraftFormat.HUGGINGFACE))
                .satisfies(order -> assertThat(order.probeFile()).isEqualTo(file));
        assertBad("{'kind': 'draft', 'format': 'speculators'}", "invalid_value", "format");
        for (String kind : List.of("merged", "adapter", "gguf", "training_state")) {
            JsonNode export = json(post(ALPHA, path("/exports"), "{'kind': '" + kind + "'}"));
            assertThat(export.get("kind").stringValue()).isEqualTo(kind);
            assertThat(export.get("format").isNull()).isTrue();
        }
    }

    @Test
    void anEagle3HeadHasTwoFormats() {
        trainDraft("eagle3");
        worker().finish(5);

        JsonNode usual = json(post(ALPHA, path("/exports"), "{'kind': 'draft'}"));
        JsonNode other = json(post(ALPHA, path("/exports"), "{'kind': 'draft', 'format': 'eagle'}"));

        assertThat(usual.get("format").stringValue()).isEqualTo("speculators");
        assertThat(other.get("format").stringValue()).isEqualTo("eagle");
        assertThat(other.get("id")).isNotEqualTo(usual.get("id"));
        assertBad("{'kind': 'draft', 'format': 'huggingface'}", "invalid_value", "format");
    }

    /** Its proof computes with the target, and its folder may hold the target's embedding. */
    @Test
    void aHeadIsExportedWithItsTargetsCheckpoint() {
        train("");
        worker().finish(5);
        String target = job(ALPHA, id).path("fine_tuned_model").stringValue();
        String checkpoint = newestCheckpoint();

        for (String kind : List.of("eagle1", "model")) {
            trainDraft(kind, target);
            worker().finish(5);
            JsonNode draft = json(post(ALPHA, path("/exports"), "{'kind': 'draft'}"));

            Checkpoint ofTarget = exports.order(workOf("export", draft.get("id").stringValue()))
                    .target();

            if (kind.equals("model")) {
                assertThat(ofTarget).isNull();
            } else {
                assertThat(Objects.requireNonNull(ofTarget).id()).isEqualTo(checkpoint);
            }
        }
    }

    private String newestCheckpoint() {
        return json(get(ALPHA, path("/checkpoints"))).at("/data/0/id").stringValue();
    }

    @Test
    void aHeadIsNoModel() {
        trainDraft("eagle1");
        worker().finish(5);

        for (String kind : List.of("merged", "adapter", "gguf")) {
            assertBad("{'kind': '" + kind + "'}", "not_supported", "kind");
        }
        assertThat(message(post(ALPHA, path("/merge"), ""))).contains("kind 'eagle1'", "ask for 'draft'");
        assertThat(json(post(ALPHA, path("/exports"), "{'kind': 'draft'}"))
                        .get("format")
                        .stringValue())
                .isEqualTo("eagle");
        assertBad("{'kind': 'draft', 'format': 'speculators'}", "invalid_value", "format");
    }

    @Test
    void aDraftIsRefusedWhileBetaIsAboveZero() {
        trainDraft("eagle3");
        worker().checkpoint(6);

        HttpResponse<String> answer = post(ALPHA, path("/exports"), "{'kind': 'draft'}");

        assertThat(answer.statusCode()).isEqualTo(409);
        assertThat(code(answer)).isEqualTo("adapter_not_annealed");
    }

    private void trainDraft(String kind) {
        trainDraft(kind, "anneal-tiny");
    }

    private void trainDraft(String kind, String target) {
        String of = kind.equals("model") ? ", 'draft_model': 'anneal-tiny'" : "";
        train(
                target,
                ", 'method': {'type': 'speculative_draft', 'speculative_draft': {'kind': '%s'%s}}".formatted(kind, of));
    }

    private void train(String moreKeys) {
        train("anneal-tiny", moreKeys);
    }

    private void train(String model, String moreKeys) {
        file = file(ALPHA, 20);
        HttpResponse<String> created = post(
                ALPHA,
                "/v1/fine_tuning/jobs",
                "{'model': '%s', 'training_file': '%s'%s}".formatted(model, file, moreKeys));
        assertThat(created.statusCode()).as(created.body()).isEqualTo(200);
        id = idOf(created);
        await(() -> job(ALPHA, id).path("status").asString().equals("queued"));
        claimed = playedWorker().steps(1, 5);
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
}
