package dev.anneal.engine.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.export.head.HeadFormat;
import dev.anneal.engine.export.head.TargetConfig;
import dev.anneal.engine.export.head.TrainedHead;
import dev.anneal.engine.export.weight.ExportException;
import dev.anneal.engine.format.safetensors.SafetensorsFile;
import dev.anneal.engine.format.safetensors.SafetensorsWriter;
import dev.anneal.engine.format.safetensors.TensorData;
import dev.anneal.engine.format.safetensors.TensorsInMemory;
import dev.anneal.engine.format.safetensors.WeightDirectory;
import dev.anneal.engine.network.architecture.Projections;
import dev.anneal.engine.network.lora.AdapterConfig;
import dev.anneal.engine.network.lora.AnnealingSchedule;
import dev.anneal.engine.network.model.GoldenTensors;
import dev.anneal.protocol.DraftFormat;
import dev.anneal.protocol.TrainingMethod.AcceptanceEvaluation;
import dev.anneal.protocol.TrainingMethod.EagleHead;
import dev.anneal.protocol.TrainingMethod.SpeculativeDraft;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Exports of the golden head with their proof, for the golden target and for what it was trained to. */
class HeadExportTest {

    private static final String OUTPUT = "layers.0.self_attn.o_proj.weight";
    private static final String MATRIX = "layers.0.self_attn.o_proj.lora_%s.weight";
    private static final String EMBEDDING = "model.embed_tokens.weight";
    private static final Path TARGET = GoldenTensors.path("draft3/target");
    private static final ExportedBase BASE = new ExportedBase("tiny-target", null, TARGET, "abc");
    private static final SpeculativeDraft DRAFT = new SpeculativeDraft(
            "ft:tiny-target:default::1",
            SpeculativeDraft.EAGLE3,
            "kl_div",
            3,
            new AcceptanceEvaluation(8, 20),
            null,
            new EagleHead(List.of(1, 2, 3), 61, 3, 1, true, true, false, true),
            0);
    private static final ExportInputs REQUEST = new ExportInputs(
            "ftexp-1",
            "draft",
            "float32",
            DraftFormat.SPECULATORS,
            ExportFixture.TRAINING,
            List.of(new int[] {1, 5, 9, 20, 31}, new int[] {7, 8, 8, 30}),
            TestDevice.NAME,
            5_000_000_000L,
            () -> {},
            event -> {});

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Path folder;

    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path head;

    @SuppressWarnings("NullAway.Init") // set by JUnit
    private Path output;

    /** Heads are trained without an embedding of their own. */
    @BeforeEach
    void writeHead() throws IOException {
        Map<String, TensorData> tensors = HeadFixture.tensorsOf(HeadFixture.GOLDEN.resolve("model.safetensors"));
        tensors.remove("embed_tokens.weight");
        head = Files.createDirectory(folder.resolve("head")).resolve("model.safetensors");
        SafetensorsWriter.write(head, tensors.values());
        output = folder.resolve("output");
    }

    private static Trained trained(Path weights) {
        return new Trained(weights, null, 0, 12, 24, ExportFixture.SETTINGS.with(DRAFT), "abc", "ver", "def");
    }

    private FinishedExport export(@Nullable Trained target) throws IOException {
        return new Exporter(BASE, trained(head), target).export(REQUEST, output);
    }

    @Test
    void theGoldenFolderIsProved() throws IOException {
        FinishedExport export = export(null);

        assertThat(output.resolve("model.safetensors"))
                .hasSameBinaryContentAs(HeadFixture.GOLDEN.resolve("model.safetensors"));
        assertThat(export.proof()).containsEntry("max_abs_logit_diff", 0.0).containsEntry("top1_agreement", 1.0);
        // 4 and 3 tokens with the target's states, 3 and 2 with the head's own.
        assertThat(export.proof()).containsEntry("probe_tokens", 12L);
        assertThat(output.resolve("ANNEAL.md"))
                .content()
                .contains("an export of its job of kind `merged`", "`speculators_config.verifier.name_or_path`");
    }

    @Test
    void theEmbeddingIsThatOfATargetWhoseWeightsWereAllTrained() throws IOException {
        Path tuned = Files.createDirectory(folder.resolve("tuned"));
        Files.copy(TARGET.resolve("model.safetensors"), tuned.resolve("model.safetensors"));
        ExportFixture.overwrite(tuned, EMBEDDING, 5);

        export(trained(tuned.resolve("model.safetensors")));

        try (WeightDirectory weights = WeightDirectory.open(tuned);
                SafetensorsFile written = SafetensorsFile.open(output.resolve("model.safetensors"))) {
            assertThat(written.bytes("embed_tokens.weight"))
                    .isEqualTo(weights.fileOf(EMBEDDING).bytes(EMBEDDING));
        }
    }

    @Test
    void aTargetWithAnAdapterHasTheEmbeddingOfItsBase() throws IOException {
        ExportFixture tuned = ExportFixture.withRandomAdapter(BASE, 5, folder.resolve("adapter.safetensors"));

        FinishedExport export = export(tuned.adapter());

        assertThat(export.proof()).containsEntry("max_abs_logit_diff", 0.0);
        assertThat(output.resolve("model.safetensors"))
                .hasSameBinaryContentAs(HeadFixture.GOLDEN.resolve("model.safetensors"));
    }

    @Test
    void anAdapterIsMergedIntoItsHead() throws IOException {
        float[] b = {1, -2, 0.5f};

        FinishedExport export = exportWithAdapter(b);

        assertThat(export.proof())
                .containsEntry("tensors_targeted", 1)
                .containsEntry("tensors_changed", 1)
                .hasEntrySatisfying(
                        "max_abs_logit_diff", most -> assertThat((double) most).isLessThan(1e-4));
        try (SafetensorsFile before = SafetensorsFile.open(HeadFixture.GOLDEN.resolve("model.safetensors"));
                SafetensorsFile after = SafetensorsFile.open(output.resolve("model.safetensors"))) {
            for (String name : before.tensors().keySet()) {
                if (!name.equals(OUTPUT)) {
                    assertThat(after.bytes(name)).as(name).isEqualTo(before.bytes(name));
                }
            }
            FloatBuffer frozen = before.bytes(OUTPUT).asFloatBuffer();
            FloatBuffer merged = after.bytes(OUTPUT).asFloatBuffer();
            for (int row = 0; row < 32; row++) {
                for (int column = 0; column < 32; column++) {
                    float delta = 2 * b[row % 3] * a(column);
                    assertThat(merged.get()).isCloseTo(frozen.get() + delta, within(1e-6f));
                }
            }
        }
    }

    @Test
    void anAdapterThatChangesNothingIsRefused() {
        assertThatThrownBy(() -> exportWithAdapter(new float[3]))
                .isInstanceOfSatisfying(
                        ExportException.class,
                        e -> assertThat(e.code()).isEqualTo(ExportException.Code.MERGE_EQUALS_BASE));
    }

    /** @param b rows of B of an adapter of rank 1, again and again */
    private FinishedExport exportWithAdapter(float... b) throws IOException {
        float[] ofA = new float[32];
        float[] ofB = new float[32];
        for (int i = 0; i < 32; i++) {
            ofA[i] = a(i);
            ofB[i] = b[i % b.length];
        }
        Path adapter = head.resolveSibling("adapter.safetensors");
        SafetensorsWriter.write(
                adapter,
                List.of(
                        TensorsInMemory.ofFloats(MATRIX.formatted('A'), List.of(1L, 32L), ofA),
                        TensorsInMemory.ofFloats(MATRIX.formatted('B'), List.of(32L, 1L), ofB)));
        AdapterConfig config = AdapterConfig.of(
                1,
                2,
                false,
                0,
                "silu",
                AnnealingSchedule.of("linear", 0, 1),
                AdapterConfig.targetsNamed(List.of("o_proj"), Projections.SEPARATE));
        Trained trained =
                new Trained(adapter, config, 0, 12, 24, ExportFixture.SETTINGS.with(DRAFT), "abc", "ver", "def");
        return new Exporter(BASE, trained, null).export(REQUEST, output);
    }

    private static float a(int column) {
        return (column - 15) / 64f;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    /norm_before_residual                            | false     | the exported head does not answer as the trained head does
                    /norm_output                                     | false     | the exported head does not answer as the trained head does
                    /eagle_aux_hidden_state_layer_ids                | [1, 3, 4] | the exported head does not answer as the trained head does
                    /transformer_layer_config/rope_parameters/rope_theta | 500.0 | the exported head does not answer as the trained head does
                    /norm_before_fc                                  | false     | tensor 'input_norm.weight' has no place
                    /draft_vocab_size                                | 60        | tensor 'lm_head.weight' must have the shape [60, 32]
                    """)
    void aDamagedConfigurationIsRefused(String pointer, String value, String message) throws IOException {
        export(null);
        Path config = output.resolve("config.json");
        ObjectNode damaged = (ObjectNode) JsonMapper.shared().readTree(Files.readAllBytes(config));
        int slash = pointer.lastIndexOf('/');
        ((ObjectNode) damaged.at(pointer.substring(0, slash)))
                .set(pointer.substring(slash + 1), JsonMapper.shared().readTree(value));
        Files.writeString(config, damaged.toString());

        assertThatThrownBy(this::prove)
                .isInstanceOfSatisfying(
                        ExportException.class,
                        e -> assertThat(e.code()).isEqualTo(ExportException.Code.MERGE_NOT_EQUIVALENT))
                .hasMessageContaining(message);
    }

    private void prove() throws IOException {
        Trained trained = trained(head);
        HeadTarget target = new HeadTarget(BASE, null);
        try (WeightDirectory tensors = WeightDirectory.open(trained.folder());
                WeightDirectory weights = WeightDirectory.open(TARGET)) {
            TrainedHead written =
                    new TrainedHead(DRAFT, TargetConfig.read(TARGET.resolve("config.json")), tensors, weights);
            Path work = Files.createDirectory(folder.resolve("work"));
            new HeadExport(target, trained, REQUEST)
                    .prove(output, HeadFormat.of(DraftFormat.SPECULATORS, written), work, new LinkedHashMap<>());
        }
    }
}
