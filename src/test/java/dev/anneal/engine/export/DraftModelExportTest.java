package dev.anneal.engine.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anneal.engine.export.weight.ExportException;
import dev.anneal.engine.network.lora.GoldenRun;
import dev.anneal.protocol.TrainingMethod;
import dev.anneal.protocol.TrainingMethod.SpeculativeDraft;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Exports of a small language model that was trained as a draft. */
class DraftModelExportTest {

    private static final SpeculativeDraft DRAFT = draft(SpeculativeDraft.MODEL);

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Path folder;

    private static SpeculativeDraft draft(String kind) {
        return new SpeculativeDraft(
                "ft:big:default::1", kind, "kl_div", 3, new TrainingMethod.AcceptanceEvaluation(8, 20), null, null, 0);
    }

    @Test
    void aDraftIsTheMergedModelWithItsProof() throws IOException {
        ExportFixture fixture = ExportFixture.of("silu").drafting(DRAFT);
        FinishedExport merged = fixture.export("merged", "bfloat16", folder.resolve("merged"));
        FinishedExport draft = fixture.export("draft", "bfloat16", folder.resolve("draft"));

        assertThat(draft.proof()).isEqualTo(merged.proof()).containsEntry("top1_agreement", 1.0);
        for (String name : List.of("model.safetensors", "config.json", "tokenizer.json")) {
            assertThat(folder.resolve("draft").resolve(name))
                    .hasSameBinaryContentAs(folder.resolve("merged").resolve(name));
        }
    }

    @Test
    void manifestNamesTheTarget() throws IOException {
        ExportFixture.of("silu").drafting(DRAFT).export("draft", "base", folder.resolve("draft"));

        assertThat(manifest("draft").path("kind").asString()).isEqualTo("draft");
        assertThat(manifest("draft").path("draft").toString())
                .isEqualTo(
                        "{\"kind\":\"model\",\"format\":\"huggingface\",\"target\":\"ft:big:default::1\",\"target_sha256\":\"ver\",\"speculative_tokens\":3}");
    }

    @Test
    void otherTrainingsNameNone() throws IOException {
        ExportFixture.of("silu").export("merged", "base", folder.resolve("merged"));

        assertThat(manifest("merged").has("draft")).isFalse();
        assertThat(card("merged")).doesNotContain("## Serving");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    draft | base | "method": "draft_model", "model": "DRAFT", "num_speculative_tokens": 3
                    draft | base | assistant_model=
                    gguf  | f16  | --model-draft DRAFT.gguf --spec-type draft-simple --spec-draft-n-max 3
                    """)
    void cardTellsHowToServe(String kind, String dtype, String command) throws IOException {
        ExportFixture.of("silu").drafting(DRAFT).export(kind, dtype, folder.resolve("export"));

        assertThat(card("export"))
                .contains("## Serving", "`ft:big:default::1` (sha256 `ver`)", command)
                .contains("| draft kind | model |");
    }

    @ParameterizedTest
    @ValueSource(strings = {"merged", "adapter", "gguf", "training_state"})
    void aDraftModelHasEveryKindOfAModel(String kind) throws IOException {
        ExportFixture.of("silu")
                .drafting(DRAFT)
                .export(kind, kind.equals("gguf") ? "f16" : "base", folder.resolve("x"));

        assertThat(manifest("x").path("draft").path("target").asString()).isEqualTo(DRAFT.target());
    }

    @Test
    void aDraftThatIsNotAnnealedIsRefused() {
        GoldenRun run = GoldenRun.of("silu");
        ExportFixture fixture =
                ExportFixture.of(run.config(), run.path("final"), 0.5).drafting(DRAFT);

        refused(fixture, "draft", ExportException.Code.ADAPTER_NOT_ANNEALED);
    }

    @Test
    void aModelThatIsNoDraftIsRefused() {
        refused(ExportFixture.of("silu"), "draft", ExportException.Code.INVALID_EXPORT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"merged", "adapter", "gguf"})
    void aHeadIsNoModel(String kind) {
        ExportFixture head = ExportFixture.of("silu").drafting(draft(SpeculativeDraft.EAGLE3));

        refused(head, kind, ExportException.Code.INVALID_EXPORT);
    }

    private void refused(ExportFixture fixture, String kind, ExportException.Code code) {
        assertThatThrownBy(() -> fixture.export(kind, "base", folder.resolve("refused")))
                .isInstanceOfSatisfying(
                        ExportException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    private JsonNode manifest(String export) throws IOException {
        return JsonMapper.shared()
                .readTree(Files.readString(folder.resolve(export).resolve("manifest.json")));
    }

    private String card(String export) throws IOException {
        return Files.readString(folder.resolve(export).resolve("ANNEAL.md"));
    }
}
