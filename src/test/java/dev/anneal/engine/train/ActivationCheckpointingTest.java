package dev.anneal.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.model.GoldenTensors;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.TorchException;
import dev.anneal.engine.text.data.EncodedRow;
import dev.anneal.engine.train.passes.ActivationCheckpointing;
import dev.anneal.engine.train.passes.GoldenBatches;
import dev.anneal.engine.train.state.CheckpointFolder;
import dev.anneal.protocol.AdapterSettings;
import dev.anneal.protocol.Figure;
import dev.anneal.protocol.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What does not change a training's bits: activations that are computed again. And what packed sequences are. */
class ActivationCheckpointingTest {

    private static DecoderModel model;

    @TempDir
    Path folder;

    @BeforeAll
    static void load() throws IOException {
        model = DecoderModel.load(GoldenTensors.path("models/llama-tied"), ElementType.FLOAT32, TestDevice.NAME);
    }

    @AfterAll
    static void close() {
        model.close();
    }

    @ParameterizedTest
    @CsvSource({"0, false", "0.2, false", "0.2, true"})
    void bitsDoNotDependOnWhetherActivationsAreKept(double dropout, boolean packing) throws IOException {
        TrainingFixture kept = fixture("kept").rows(GoldenBatches.ofLength(300)).adapter(dropping(dropout));
        TrainingFixture again =
                fixture("again").rows(GoldenBatches.ofLength(300)).adapter(dropping(dropout));
        if (packing) {
            kept.packedInto(400);
            again.packedInto(400);
        }
        kept.activationCheckpointing("off").run();
        again.activationCheckpointing("on").run();

        assertThat(adapterOf(again, 24)).isEqualTo(adapterOf(kept, 24));
    }

    @Test
    void aStepThatDoesNotFitIsDoneAgainWithoutKeepingActivations() throws IOException {
        TrainingFixture whole = fixture("whole");
        whole.run();
        AtomicInteger asked = new AtomicInteger();
        TrainingFixture tight = fixture("short").stoppingWhen(() -> {
            if (asked.incrementAndGet() == 30) {
                throw new TorchException(
                        "in layer: [enforce fail] DefaultCPUAllocator: can't allocate memory",
                        new IllegalStateException("native"));
            }
            return false;
        });
        tight.run();

        assertThat(tight.eventsOf(Progress.Warning.class))
                .singleElement()
                .extracting(Progress.Warning::message)
                .asString()
                .contains("did not fit into memory", "changes no bit");
        assertThat(adapterOf(tight, 24)).isEqualTo(adapterOf(whole, 24));
    }

    @Test
    void activationsThatDoNotFitFromTheStartAreNotKept() throws IOException {
        long needed = ActivationCheckpointing.neededBytes(fixture("any").job());
        TrainingFixture roomy = fixture("roomy").freeMemoryBytes(needed);
        TrainingFixture tight = fixture("tight").freeMemoryBytes(needed - 1);
        roomy.run();
        tight.run();

        assertThat(tight.eventsOf(Progress.Warning.class))
                .extracting(Progress.Warning::message)
                .singleElement()
                .asString()
                .contains("MiB of memory are free: activations are computed again");
        assertThat(roomy.eventsOf(Progress.Warning.class)).isEmpty();
        assertThat(adapterOf(tight, 24)).isEqualTo(adapterOf(roomy, 24));
    }

    @Test
    void aStepThatDoesNotFitFailsWhereActivationsMustBeKept() {
        TrainingFixture kept = fixture("kept").activationCheckpointing("off").stoppingWhen(() -> {
            throw new TorchException("CUDA out of memory", new IllegalStateException("native"));
        });

        assertThatThrownBy(kept::run).isInstanceOf(TorchException.class);
    }

    @Test
    void anEpochOfPackedSequencesReadsEveryRowOnce() throws IOException {
        List<EncodedRow> rows = GoldenBatches.forPlan();
        int tokens = rows.stream().mapToInt(EncodedRow::length).sum();
        TrainingFixture packed = fixture("packed").packedInto(150);
        packed.run();

        Progress.Step endOfEpoch = packed.steps().stream()
                .filter(step -> Double.valueOf(1).equals(step.get(Figure.EPOCH)))
                .findFirst()
                .orElseThrow();
        assertThat(endOfEpoch.get(Figure.TOKENS)).isEqualTo(tokens);
        assertThat(endOfEpoch.step()).isLessThan(24);
    }

    private TrainingFixture fixture(String attempt) {
        return new TrainingFixture(model, folder.resolve(attempt));
    }

    private static AdapterSettings dropping(double dropout) {
        return new AdapterSettings(
                4, 8, dropout, List.of("all-linear"), false, "silu", new AdapterSettings.Schedule("linear", 0, 1));
    }

    private static byte[] adapterOf(TrainingFixture fixture, int step) throws IOException {
        return Files.readAllBytes(fixture.checkpoint(step).resolve(CheckpointFolder.ADAPTER));
    }
}
