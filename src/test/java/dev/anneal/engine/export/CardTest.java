package dev.anneal.engine.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.protocol.Progress;
import dev.anneal.protocol.TrainingRecord;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** The card and its chart, in the folder of every kind of export. */
class CardTest {

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Path folder;

    @ParameterizedTest
    @CsvSource({"merged, base", "adapter, base", "gguf, f16", "training_state, base"})
    void everyKindHasACardThatTheManifestLists(String kind, String dtype) throws IOException {
        FinishedExport export = ExportFixture.of("silu").export(kind, dtype, folder.resolve("export"));

        assertThat(export.files()).extracting(Progress.Exported.File::name).contains("ANNEAL.md", "ANNEAL.svg");
        assertThat(folder.resolve("export/manifest.json")).content().contains("\"ANNEAL.md\"", "\"ANNEAL.svg\"");
        assertThat(card("export"))
                .startsWith("# ft:llama-tied:default:tickets:1\n")
                .contains("kind `" + kind + "` of job `ftjob-1`")
                .contains("| beta | 0.0 |");
    }

    @Test
    void cardTellsOriginSettingsMetricsAndProof() throws IOException {
        ExportFixture.of("silu").export("merged", "base", folder.resolve("export"));

        assertThat(card("export"))
                .contains("| base model | `llama-tied` |")
                .contains("| training data | `file-1`, sha256 `" + "d1".repeat(32) + "` |")
                .contains("| validation data | none |")
                .contains("| sha256 of the training rows as tokens and labels | `def` |")
                .contains("| checkpoint | step 12 of 24 |")
                .contains("| rank | 4 |", "| learning rate | 0.0002 |", "| seed | 7 |")
                .contains("| annealed activation | silu, beta linear from 0.0 to 1.0 of the steps |")
                .contains("| training loss | 1.0 |", "| lowest validation loss | 1.5 at step 12 |")
                .contains("| tensors_changed | 14 |");
    }

    /** Steps 1 to 12 of 18 known ones lie before the checkpoint; one has no loss. */
    @Test
    void chartEndsAtTheCheckpointAndIsWellFormed() throws Exception {
        ExportFixture.of("silu").export("adapter", "base", folder.resolve("export"));

        NodeList lines = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(Files.readAllBytes(folder.resolve("export/ANNEAL.svg"))))
                .getElementsByTagName("polyline");
        assertThat(lines.getLength()).isEqualTo(3);
        assertThat(((Element) lines.item(0)).getAttribute("points"))
                .as("beta")
                .isEqualTo("60.0,40.0 332.7,155.0 660.0,270.0");
        assertThat(((Element) lines.item(1)).getAttribute("points"))
                .as("training loss")
                .isEqualTo("60.0,40.0 660.0,270.0");
        assertThat(((Element) lines.item(2)).getAttribute("points"))
                .as("validation loss")
                .isEqualTo("660.0,212.5");
    }

    @Test
    void sameExportGivesTheSameCard() throws IOException {
        ExportFixture.of("silu").export("merged", "base", folder.resolve("first"));
        ExportFixture.of("silu").export("merged", "base", folder.resolve("second"));

        assertThat(card("second")).isEqualTo(card("first"));
    }

    @Test
    void trainingWithoutARecordHasNoChart() throws IOException {
        TrainingRecord.DataFile deleted = new TrainingRecord.DataFile("file-2", null);
        TrainingRecord training = new TrainingRecord("ftjob-1", "ft:a|b:default::1", deleted, deleted, null, List.of());
        ExportFixture fixture = ExportFixture.of("silu");
        new Exporter(fixture.base(), fixture.adapter(), null)
                .export(ExportFixture.request("adapter", "base", training), folder.resolve("export"));

        assertThat(folder.resolve("export/ANNEAL.svg")).doesNotExist();
        assertThat(card("export"))
                .contains("No step of this training is on record.")
                .contains("| validation data | `file-2`, deleted since |");
    }

    @Test
    void cardNamesTheAdapterThatTheTrainingBeganWith() throws IOException {
        TrainingRecord.InitialAdapter saved =
                new TrainingRecord.InitialAdapter(new TrainingRecord.Saved("ftckpt_1", "ftjob-0", 30), null);
        TrainingRecord.InitialAdapter uploaded =
                new TrainingRecord.InitialAdapter(null, new TrainingRecord.DataFile("file-9", "a9".repeat(32)));

        assertThat(cardOf(saved)).contains("| began with the adapter | of `ftjob-0`, step 30, checkpoint `ftckpt_1` |");
        assertThat(cardOf(uploaded))
                .contains("| began with the adapter | uploaded as `file-9`, sha256 `" + "a9".repeat(32) + "` |");
        assertThat(cardOf(null)).doesNotContain("began with");
    }

    private String cardOf(TrainingRecord.@Nullable InitialAdapter initialAdapter) throws IOException {
        TrainingRecord training = new TrainingRecord(
                "ftjob-1",
                "ft:a:default::1",
                new TrainingRecord.DataFile("file-1", null),
                null,
                initialAdapter,
                List.of());
        ExportFixture fixture = ExportFixture.of("silu");
        ModelCard.write(
                folder,
                ExportFixture.request("adapter", "base", training),
                fixture.base(),
                fixture.adapter(),
                Map.of());
        return card(".");
    }

    private String card(String export) throws IOException {
        return Files.readString(folder.resolve(export).resolve("ANNEAL.md"), StandardCharsets.UTF_8);
    }
}
