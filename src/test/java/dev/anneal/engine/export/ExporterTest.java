package dev.anneal.engine.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.export.weight.ExportException;
import dev.anneal.engine.format.file.Sha256;
import dev.anneal.engine.format.safetensors.Dtype;
import dev.anneal.engine.format.safetensors.WeightDirectory;
import dev.anneal.engine.network.lora.AdapterConfig;
import dev.anneal.engine.network.lora.GoldenRun;
import dev.anneal.engine.network.model.GoldenTensors;
import dev.anneal.protocol.Progress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Exports of the reference's adapters: what they hold, what they prove, and what is refused. */
class ExporterTest {

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Path folder;

    /** Tolerance of the golden file for merged logits. */
    @ParameterizedTest
    @ValueSource(strings = {"silu", "relu", "rslora", "lora"})
    void mergedModelAnswersAsTheReference(String run) throws IOException {
        Path output = folder.resolve("merged");
        FinishedExport export = ExportFixture.of(run).export("merged", "base", output);

        assertThat(ExportFixture.differenceFrom(output, run, "logits_merged")).isLessThan(TestDevice.tolerance(2e-5));
        assertThat(number(export, "max_abs_logit_diff")).isBetween(1e-9, 1e-4);
        assertThat(export.proof())
                .containsEntry("beta", 0.0)
                .containsEntry("tensors_targeted", 14)
                .containsEntry("tensors_changed", 14)
                .containsEntry("probe_prompts", 3)
                .containsEntry("top1_agreement", 1.0);
    }

    @Test
    void mergedFolderHoldsWhatTransformersReads() throws IOException {
        Path output = folder.resolve("merged");
        ExportFixture fixture = ExportFixture.of("silu");
        fixture.export("merged", "base", output);

        for (String name : new String[] {"config.json", "generation_config.json", "tokenizer.json"}) {
            assertThat(output.resolve(name))
                    .hasSameBinaryContentAs(fixture.base().directory().resolve(name));
        }
        try (WeightDirectory weights = WeightDirectory.open(output)) {
            assertThat(weights.names()).hasSize(20).doesNotContain("lm_head.weight");
            assertThat(weights.files().get(0).path())
                    .content(StandardCharsets.ISO_8859_1)
                    .contains("\"__metadata__\":{\"format\":\"pt\"");
        }
    }

    /** 16-bit weights move the logits, so predictions are compared instead. */
    @ParameterizedTest
    @CsvSource({"bfloat16, BF16", "float16, F16"})
    void mergedModelInSixteenBitsIsProvedByItsPredictions(String dtype, Dtype stored) throws IOException {
        Path output = folder.resolve("merged");
        FinishedExport export = ExportFixture.of("silu").export("merged", dtype, output);

        try (WeightDirectory weights = WeightDirectory.open(output)) {
            assertThat(weights.names()).allMatch(name -> weights.entry(name).dtype() == stored);
        }
        assertThat(output.resolve("config.json")).content().contains("\"dtype\": \"" + dtype + "\"");
        assertThat(number(export, "mean_kl")).isBetween(1e-9, 1e-3);
        assertThat(number(export, "max_abs_error")).isPositive();
        assertThat(number(export, "unchanged_weight_fraction")).isLessThan(0.5);
    }

    @Test
    void manifestNamesOriginAndEveryFile() throws IOException {
        Path output = folder.resolve("merged");
        FinishedExport export = ExportFixture.of("silu").export("merged", "base", output);
        JsonNode manifest = JsonMapper.shared().readTree(Files.readString(output.resolve("manifest.json")));

        assertThat(manifest.path("export_id").asString()).isEqualTo("ftexp-1");
        assertThat(manifest.path("base_model").path("sha256").asString()).isEqualTo("abc");
        assertThat(manifest.path("adapter").path("schedule").path("shape").asString())
                .isEqualTo("linear");
        assertThat(manifest.path("adapter").path("step").asInt()).isEqualTo(12);
        assertThat(manifest.path("proof").path("tensors_changed").asInt()).isEqualTo(14);
        assertThat(manifest.path("files").size()).isEqualTo(export.files().size() - 1);
        for (JsonNode file : manifest.path("files")) {
            Path path = output.resolve(file.path("name").asString());
            assertThat(Sha256.of(path)).isEqualTo(file.path("sha256").asString());
            assertThat(Files.size(path)).isEqualTo(file.path("bytes").asLong());
        }
        assertThat(export.files())
                .last()
                .extracting(Progress.Exported.File::name)
                .isEqualTo("manifest.json");
    }

    @Test
    void adapterFolderIsThatOfPeft() throws IOException {
        Path output = folder.resolve("adapter");
        ExportFixture.of("silu").export("adapter", "base", output);
        Path peft = GoldenTensors.path("peft/llama-tied-silu");

        // The reference was made with PEFT by alpha 8.0, where 8 is meant.
        assertThat(output.resolve("adapter_config.json"))
                .hasContent(
                        Files.readString(peft.resolve("adapter_config.json")).replace("8.0", "8"));
        assertThat(output.resolve("adapter_model.safetensors"))
                .hasSameBinaryContentAs(peft.resolve("adapter_model.safetensors"));
    }

    /** The proof of the merged model compares it with the adapter in its own form. */
    @Test
    void groupsOfSignsAreMergedAndExportedAsAnOrdinaryLora() throws IOException {
        GoldenRun run = GoldenRun.of("silu");
        AdapterConfig config = run.config().withSignGroups(4);
        ExportFixture fixture = ExportFixture.of(config, run.path("final"), 0);
        FinishedExport merged = fixture.export("merged", "base", folder.resolve("merged"));
        fixture.export("adapter", "base", folder.resolve("adapter"));
        ExportFixture ordinary =
                ExportFixture.of(config.asLora(), folder.resolve("adapter/adapter_model.safetensors"), 0);
        ordinary.export("merged", "base", folder.resolve("again"));

        assertThat(number(merged, "max_abs_error")).isLessThan(1e-4);
        JsonNode peft = JsonMapper.shared().readTree(Files.readString(folder.resolve("adapter/adapter_config.json")));
        assertThat(peft.path("r").asInt()).isEqualTo(4 * config.rank());
        assertThat(peft.path("lora_alpha").asDouble()).isEqualTo(config.scale() * 4 * config.rank());
        assertThat(folder.resolve("again/model.safetensors"))
                .hasSameBinaryContentAs(folder.resolve("merged/model.safetensors"));
    }

    /** rslora: s = alpha / sqrt(r) = 8 / 2 = alpha' / r with alpha' = 16. */
    @Test
    void scaleOfRankStabilisedAdaptersIsFolded() throws IOException {
        Path output = folder.resolve("adapter");
        ExportFixture.of("rslora").export("adapter", "base", output);

        JsonNode config = JsonMapper.shared().readTree(Files.readString(output.resolve("adapter_config.json")));
        assertThat(config.path("lora_alpha").asDouble()).isEqualTo(16);
        assertThat(config.path("use_rslora").asBoolean()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"merged", "adapter", "gguf"})
    void adapterThatIsNotAnnealedIsRefused(String kind) {
        GoldenRun run = GoldenRun.of("silu");
        ExportFixture fixture = ExportFixture.of(run.config(), run.path("final"), 1e-8);

        refused(fixture, kind, ExportException.Code.ADAPTER_NOT_ANNEALED)
                .hasMessageContaining("beta is 1.0E-8 after step 12; it becomes 0 at step 24 of 24");
    }

    @Test
    void trainingStateIsExportedAtAnyBeta() throws IOException {
        GoldenRun run = GoldenRun.of("silu");
        Path output = folder.resolve("state");
        FinishedExport export =
                ExportFixture.of(run.config(), run.path("final"), 0.5).export("training_state", "base", output);

        assertThat(export.proof()).containsEntry("beta", 0.5).containsEntry("non_equivalent", true);
        assertThat(output.resolve("final.safetensors")).hasSameBinaryContentAs(run.path("final"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"merged", "adapter", "training_state"})
    void changedBaseModelIsRefused(String kind) {
        refused(ExportFixture.of("silu").trainedOn("def"), kind, ExportException.Code.BASE_MODEL_CHANGED)
                .hasMessageContaining("abc")
                .hasMessageContaining("def");
    }

    @Test
    void adapterThatChangesNothingIsRefused() throws IOException {
        Path file = ExportFixture.changed(folder, "silu", "lora_B.weight", 0);

        refused(with(file), "merged", ExportException.Code.MERGE_EQUALS_BASE);
    }

    @Test
    void targetThatIsLeftAsItWasIsRefused() throws IOException {
        Path file = ExportFixture.changed(folder, "silu", "layers.1.mlp.up_proj.lora_B.weight", 0);

        refused(with(file), "merged", ExportException.Code.MERGE_INCOMPLETE).hasMessageContaining("changes only 13");
    }

    @ParameterizedTest
    @ValueSource(strings = {"merged", "adapter"})
    void adapterThatIsNoNumberIsRefused(String kind) throws IOException {
        Path file = ExportFixture.changed(folder, "silu", "layers.1.mlp.up_proj.lora_B.weight", Float.NaN);

        refused(with(file), kind, ExportException.Code.NON_FINITE_DELTA);
    }

    @Test
    void weightOfTheBaseThatTheTypeCannotHoldIsRefused() throws IOException {
        Path base = ExportFixture.copyOfBase(folder.resolve("base"));
        ExportFixture.overwrite(base, "model.embed_tokens.weight", 7e4f);

        assertThatThrownBy(() -> ExportFixture.of("silu").on(base).export("merged", "float16", folder.resolve("out")))
                .isInstanceOfSatisfying(
                        ExportException.class,
                        e -> assertThat(e.code()).isEqualTo(ExportException.Code.NON_FINITE_DELTA))
                .hasMessageContaining("1 weights of 'model.embed_tokens.weight' are not finite in FLOAT16");
        assertThat(folder.resolve("out")).doesNotExist();
    }

    @Test
    void unknownKindAndTypeAreRefused() {
        refused(ExportFixture.of("silu"), "zip", ExportException.Code.INVALID_EXPORT);
        assertThatThrownBy(() -> ExportFixture.of("silu").export("merged", "int8", folder.resolve("out")))
                .hasMessageContaining("dtype must be base, float32, bfloat16 or float16");
    }

    private static double number(FinishedExport export, String key) {
        return ((Number) Objects.requireNonNull(export.proof().get(key))).doubleValue();
    }

    private ExportFixture with(Path adapterFile) {
        return ExportFixture.of(GoldenRun.of("silu").config(), adapterFile, 0);
    }

    private AbstractThrowableAssert<?, ? extends Throwable> refused(
            ExportFixture fixture, String kind, ExportException.Code code) {
        Path output = folder.resolve("refused");
        AbstractThrowableAssert<?, ? extends Throwable> refusal = assertThatThrownBy(
                        () -> fixture.export(kind, kind.equals("gguf") ? "f16" : "base", output))
                .isInstanceOfSatisfying(
                        ExportException.class, e -> assertThat(e.code()).isEqualTo(code));
        assertThat(folder).isDirectoryNotContaining("glob:**refused**");
        return refusal;
    }
}
